"""A short run of the coverage-guided fuzzer, beginning with what is right."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flow_runtime.core.expr.functions import FUNCTIONS
from mutations import GOOD

HARNESS = Path(__file__).with_name("atheris_flows.py")
RUNS = int(os.environ.get("CORDBOARD_FUZZ_RUNS", "5000"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_thousands_of_inputs_find_nothing(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris has wheels for Linux on x86_64 only")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, text in enumerate(GOOD):
        (corpus / f"flow{number}").write_bytes(b"\x00" + text.encode())
    for function in FUNCTIONS.values():
        for number, example in enumerate(function.examples):
            (corpus / f"{function.name}{number}").write_bytes(b"\x60" + example[0].encode())
    (corpus / "prompt").write_bytes(b"\xc0" + b"You owe {account?.owed ?? 0:money}. {{")
    limits = [f"-runs={RUNS}", "-seed=1", "-timeout=20", "-max_len=3000", "-rss_limit_mb=2048"]
    done = subprocess.run(
        [sys.executable, str(HARNESS), *limits, str(corpus)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [path.read_bytes() for path in tmp_path.glob("crash-*")]
    assert done.returncode == 0 and not found, (
        f"{found}\n{done.stdout[-2000:]}{done.stderr[-3000:]}"
    )
    assert f"Done {RUNS} runs" in done.stderr
