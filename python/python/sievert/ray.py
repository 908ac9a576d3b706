"""Ray Data: whole datasets by ``map_batches``. The workers need this package and the key."""

# The types are checked where ray is not: it wants an environment of its own.
# pyright: reportMissingImports=false

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from ._errors import SievertError
from ._policy import PolicyLike
from ._report import Report, merge
from ._scanner import OnIncomplete, Scanner
from ._work import Work

if TYPE_CHECKING:
    import pyarrow as pa
    from ray.data import Dataset


def scan(dataset: Dataset, *, policy: PolicyLike | Scanner = None, **options: Any) -> Report:
    """Counts what is in a dataset, on its workers, now. ``options`` are for ``map_batches``, such as ``num_cpus``."""
    import pyarrow as pa

    work = Work(policy)

    def told(batch: pa.Table) -> pa.Table:
        return pa.table({"report": [work.scan(batch, Place.now().name).to_json()]})

    rows = dataset.map_batches(told, **{"batch_format": "pyarrow", "batch_size": None, **options}).take_all()
    return merge([Report(row["report"]) for row in rows] or [work.scan(pa.table({}))])


def redact(
    dataset: Dataset,
    *,
    policy: PolicyLike | Scanner = None,
    return_report: bool = False,
    on_incomplete: OnIncomplete = "raise",
    **options: Any,
) -> Any:
    """The dataset rewritten, when it is written or read: Ray does nothing before.

    With ``return_report=True`` a pair, ``(clean, report)``; once ``clean`` was written, ``report()`` is the
    :class:`Report`. A task that was tried again counts once, and of several passes over ``clean`` the fullest counts.
    ``options`` are for ``map_batches``, such as ``num_cpus``.
    """
    work = Work(policy, on_incomplete=on_incomplete)
    told = _told() if return_report else None

    def cleaned(batch: pa.Table) -> pa.Table:
        import ray

        place = Place.now()
        clean, report = work.redact(batch, place.name)
        if told is not None:
            ray.get(told.tell.remote(place, report.to_json()))  # before the batch goes on: so that none comes late
        return clean

    clean = dataset.map_batches(cleaned, **{"batch_format": "pyarrow", "batch_size": None, **options})
    if told is None:
        return clean

    def report() -> Report:
        import ray

        passes: dict[int, list[Report]] = {}
        for place, json in sorted(ray.get(told.all.remote()).items()):
            passes.setdefault(place.pass_, []).append(Report(json))
        if not passes:
            raise SievertError("nothing was read yet; write the dataset first")
        return max(map(merge, passes.values()), key=lambda sum: int(sum.to_dict()["ledger"]["records"]["total"]))

    return clean, report


class Place(NamedTuple):
    """Which batch this is, however often its task is tried."""

    pass_: int
    task: str
    batch: int

    @classmethod
    def now(cls) -> Place:
        """The next batch of the task that runs here."""
        import ray
        from ray.data import DataContext

        task = ray.get_runtime_context().get_task_id() or ""
        # Ray has no public word for the two numbers. Without them, what is tried or read again would count again.
        attempt = (task, ray._private.worker.global_worker.core_worker.get_current_task_attempt_number())
        _here.batch = _here.batch + 1 if getattr(_here, "attempt", None) == attempt else 0
        _here.attempt = attempt
        return cls(getattr(DataContext.get_current(), "_execution_idx", 0), task, _here.batch)

    @property
    def name(self) -> str:
        """What reports call it."""
        return f"task {self.task[:16]}, batch {self.batch}"


_here = threading.local()
"""The attempt at a task that this thread is at, and its last batch."""


def _told() -> Any:
    """An actor beside the driver, to which the workers tell their reports."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    class Told:
        def __init__(self) -> None:
            self.reports: dict[Place, str] = {}

        def tell(self, place: Place, report: str) -> None:
            self.reports[place] = report

        def all(self) -> dict[Place, str]:
            return self.reports

    beside = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    return ray.remote(num_cpus=0)(Told).options(scheduling_strategy=beside).remote()
