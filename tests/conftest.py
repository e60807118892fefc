"""Two test processes: what computes runs side by side, what keeps time runs alone, at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling
    from xdist.workermanage import WorkerController

REAL_TIME = (
    "tests/cordboard/test_bench_",
    "tests/cordboard/test_server_",
    "tests/designer/journey/",
    "tests/designer/window/test_true_drag.py",
    "tests/designer/window/test_watching_a_process.py",
    "tests/desk/",
    "tests/docs/test_docs_guide.py",
    "tests/docs/test_docs_tutorial.py",
    "tests/docs/test_guide_first_flow.py",
    "tests/peers/",
    "tests/speech/",
    "tests/telephony/",
)
"""With sound, peers or a screen: another test beside them would be heard in their figures."""

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")  # a busy machine is no fault of what is tested


def keeps_time(nodeid: str) -> bool:
    return nodeid.startswith(REAL_TIME)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: keeps_time(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        """Gives out files; those that keep time are one piece, given out when all else is done."""

        def _split_scope(self, nodeid: str) -> str:
            return "real time" if keeps_time(nodeid) else nodeid.split("::", 1)[0]

        def _reschedule(self, node: WorkerController) -> None:
            last = list(self.workqueue) == ["real time"]
            others = [other for other in self.nodes if other is not node]
            if last and any(self._pending_of(self.assigned_work[other]) > 2 for other in others):
                return  # it waits, with a test in hand: the other process takes the last piece
            super()._reschedule(node)
            if last:
                for other in others:
                    super()._reschedule(other)

    config.option.loadscopereorder = False
    return ByFile(config, log)
