"""Spark: whole frames by ``mapInArrow``, and functions for SQL. The workers need this package and the key."""

# The types are checked where pyspark is not: it wants an environment of its own.
# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd  # Spark reads the types of SQL functions when they are made

from . import _sql
from ._errors import SievertError
from ._policy import PolicyLike
from ._report import Report, merge
from ._scanner import OnIncomplete, Scanner
from ._work import Work

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

Place = tuple[int, int]
"""A part of a job: its stage and its partition."""
Told = dict[Place, tuple[int, list[str]]]
"""By part: the id of the attempt, and the reports of it (several where Spark put partitions together)."""


def scan(frame: DataFrame, *, policy: PolicyLike | Scanner = None) -> Report:
    """Counts what is in a frame, on its workers, now."""
    work, names = Work(policy), frame.columns

    def told(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        reports = [work.scan(batch, name) for name, batch in _named(batches, names)]
        if reports:
            yield pa.record_batch({"report": [merge(reports).to_json()]})

    rows = _numbered(frame).mapInArrow(told, "report string").collect()
    return merge([Report(row.report) for row in rows] or [work.scan(_empty(frame))])


def redact(
    frame: DataFrame,
    *,
    policy: PolicyLike | Scanner = None,
    return_report: bool = False,
    on_incomplete: OnIncomplete = "raise",
) -> Any:
    """The frame rewritten, when it is written or shown: Spark does nothing before.

    With ``return_report=True`` a pair, ``(clean, report)``; once ``clean`` was written, ``report()`` is the
    :class:`Report`. A task that was tried again counts once, and of several passes over ``clean`` (a sort makes two) the
    fullest counts. Over Spark Connect no report comes back; :func:`scan` works there.
    """
    work, names = Work(policy, on_incomplete=on_incomplete), frame.columns
    before = _empty(frame)
    after, _ = work.redact(before)
    schema = frame.schema
    if after.schema != before.schema:  # a name that was personal
        from pyspark.sql.pandas.types import from_arrow_schema

        schema = from_arrow_schema(after.schema)
    told = frame.sparkSession.sparkContext.accumulator({}, _ByTask()) if return_report else None

    def cleaned(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        reports = []
        for name, batch in _named(batches, names):
            clean, report = work.redact(batch, name)
            reports.append(report)
            yield clean
        if told is not None and reports:
            place, task = _task()
            told.add({place: (task, [merge(reports).to_json()])})

    clean = _numbered(frame).mapInArrow(cleaned, schema)
    if told is None:
        return clean

    def report() -> Report:
        passes: dict[int, dict[int, list[str]]] = {}
        for (stage, partition), (_, reports) in sorted(told.value.items()):
            # What is cached is computed once, in whatever stage needed it first.
            passes.setdefault(0 if clean.is_cached else stage, {})[partition] = reports
        if not passes:
            raise SievertError("nothing was read to its end yet; write the frame first")
        sums = [merge(Report(json) for part in parts.values() for json in part) for parts in passes.values()]
        return max(sums, key=lambda sum: int(sum.to_dict()["ledger"]["records"]["total"]))

    return clean, report


def register(session: SparkSession, *, policy: PolicyLike | Scanner = None) -> None:
    """Adds to a session ``sievert_redact(text, field)``: the text rewritten; and ``sievert_detectors(text, field)``: the
    ids of what is in it, as an array, sorted. ``field`` is the name of the column, or ``''``: it counts as evidence. Null
    stays null.
    """
    from pyspark.sql.functions import pandas_udf

    work = Work(policy)

    def redact(texts: pd.Series, fields: pd.Series) -> pd.Series:
        return pd.Series(_sql.redacted(work.scanner, texts.tolist(), fields.tolist()), dtype=object)

    def detectors(texts: pd.Series, fields: pd.Series) -> pd.Series:
        return pd.Series(_sql.detectors_in(work.scanner, texts.tolist(), fields.tolist()), dtype=object)

    session.udf.register("sievert_redact", pandas_udf(redact, "string"))
    session.udf.register("sievert_detectors", pandas_udf(detectors, "array<string>"))


def _empty(frame: DataFrame) -> pa.Table:
    """No rows, under the names and types of a frame."""
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_arrow_schema(frame.schema).empty_table()


def _numbered(frame: DataFrame) -> DataFrame:
    """The frame with columns named by their place: ``mapInArrow`` refuses names with dots and names that come twice."""
    return frame.toDF(*(f"column_{at}" for at in range(len(frame.columns))))


def _named(batches: Iterator[pa.RecordBatch], names: list[str]) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The batches of a partition under the names of their columns, each with what reports call it."""
    (_, partition), _ = _task()
    for number, batch in enumerate(batches):
        yield f"partition {partition}, batch {number}", batch.rename_columns(names)


def _task() -> tuple[Place, int]:
    """Which part of the job this task does, and which attempt at it this is."""
    from pyspark import TaskContext

    task = TaskContext.get()
    if task is None:
        raise SievertError("not in a task of Spark")
    return (task.stageId(), task.partitionId()), task.taskAttemptId()


class _ByTask:
    """Adds up what tasks told, by the part of the job: of a part that was done more than once, the last attempt. What
    failed tasks told does not arrive here."""

    def zero(self, value: Told) -> Told:
        return {}

    def addInPlace(self, sum: Told, more: Told) -> Told:
        for place, (task, reports) in more.items():
            before, told = sum.get(place, (task, []))
            sum[place] = (task, told + reports if before == task else reports)
        return sum
