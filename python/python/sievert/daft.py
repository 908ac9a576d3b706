"""Daft: frames of any runner. They go through one function of all columns."""

# The types are checked where daft is not: it wants an environment of its own.
# pyright: reportMissingImports=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._policy import PolicyLike
from ._report import Report, merge
from ._scanner import OnIncomplete, Scanner
from ._work import Work

if TYPE_CHECKING:
    import pyarrow as pa
    from daft import DataFrame

_TOLD = "sievert_report"
_STAYS = "sievert_stays"


def scan(frame: DataFrame, *, policy: PolicyLike | Scanner = None) -> Report:
    """Counts what is in a frame, now."""
    import daft
    import pyarrow as pa

    work, names = Work(policy), frame.column_names

    def told(*columns: daft.Series) -> Any:
        table = _table(names, columns)
        return pa.array([work.scan(table).to_json()] + [None] * (table.num_rows - 1), pa.large_string())

    function = daft.func.batch(return_dtype=daft.DataType.string())(told)
    rows = frame.select(function(*map(daft.col, names)).alias(_TOLD)).where(daft.col(_TOLD).not_null()).to_pydict()
    return merge([Report(json) for json in rows[_TOLD]] or [work.scan(frame.schema().to_pyarrow_schema().empty_table())])


def redact(
    frame: DataFrame, *, policy: PolicyLike | Scanner = None, on_incomplete: OnIncomplete = "raise"
) -> DataFrame:
    """The frame rewritten, when it is written or shown. Daft has no place for a report to come back by: :func:`scan` the
    clean frame, or the raw one."""
    import daft
    import pyarrow as pa

    work, names = Work(policy, on_incomplete=on_incomplete), frame.column_names
    after, _ = work.redact(frame.schema().to_pyarrow_schema().empty_table())
    fields = [*after.schema, pa.field(_STAYS, pa.bool_())]

    def cleaned(*columns: daft.Series) -> Any:
        table = _table(names, columns)
        new, _ = work.redact(_Exported(table))
        stays = [True] * table.num_rows
        for row in new.dropped:
            stays[row] = False
        # Daft wants as many rows as it gave: those that are dropped come back as nulls, and are filtered.
        rows = iter(range(table.num_rows))
        clean = pa.table(new).take(pa.array([next(rows) if stay else None for stay in stays], pa.int64()))
        arrays = [column.combine_chunks() for column in clean.columns]
        return pa.StructArray.from_arrays([*arrays, pa.array(stays)], fields=fields)

    whole = daft.DataType.from_arrow_type(pa.struct(fields))
    function = daft.func.batch(return_dtype=whole, unnest=True)(cleaned)
    return frame.select(function(*map(daft.col, names))).where(daft.col(_STAYS)).exclude(_STAYS)


class _Exported:
    """A table that comes back with the numbers of the rows that were dropped."""

    def __init__(self, table: pa.Table) -> None:
        self.__arrow_c_stream__ = table.__arrow_c_stream__


def _table(names: list[str], columns: Any) -> pa.Table:
    import pyarrow as pa

    return pa.table([column.to_arrow() for column in columns], names=names)
