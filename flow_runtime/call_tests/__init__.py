"""Call tests: scripted calls to a flow, made in no time, and what they cover of it."""

from flow_runtime.call_tests.coverage import FlowCoverage, flow_coverage
from flow_runtime.call_tests.model import CallFile, CallTest
from flow_runtime.call_tests.outcome import Failure, Result, path_text
from flow_runtime.call_tests.reading import ReadFile, load_call_file, read_call_file
from flow_runtime.call_tests.recorder import Recorder
from flow_runtime.call_tests.runner import run_test, run_tests
from flow_runtime.call_tests.saving import ENDING, CannotSave, SavedTests, verdict
from flow_runtime.call_tests.scene import Heard, Visit
from flow_runtime.call_tests.staging import OpenData, programs
from flow_runtime.call_tests.writing import CannotAppend, append_call, print_file

__all__ = [
    "ENDING",
    "CallFile",
    "CallTest",
    "CannotAppend",
    "CannotSave",
    "Failure",
    "FlowCoverage",
    "Heard",
    "OpenData",
    "ReadFile",
    "Recorder",
    "Result",
    "SavedTests",
    "Visit",
    "append_call",
    "flow_coverage",
    "load_call_file",
    "path_text",
    "print_file",
    "programs",
    "read_call_file",
    "run_test",
    "run_tests",
    "verdict",
]
