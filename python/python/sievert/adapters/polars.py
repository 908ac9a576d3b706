"""polars: frames, lazy frames and series, and the ``sievert`` namespace on each."""

from __future__ import annotations

from typing import Any

import polars as pl

from .. import _native
from .._frames import Opened, Unread


def open_frame(data: Any) -> Opened | None:
    """A polars object, or ``None``."""
    name = f"polars.{type(data).__name__}"
    if isinstance(data, pl.LazyFrame):
        return _frame(name, data.collect(), lambda frame: frame.lazy())
    if isinstance(data, pl.Series):
        return _frame(name, data.to_frame(), lambda frame: frame.to_series(0))
    if isinstance(data, pl.DataFrame):
        return _frame(name, data, lambda frame: frame)
    return None


def _frame(name: str, frame: pl.DataFrame, last: Any) -> Opened:
    unread: list[Unread] = []
    unused: dict[str, list[str]] = {}
    handed: list[pl.Series] = []
    for column in frame.get_columns():
        nothing = pl.Series(column.name, [None] * len(column), dtype=pl.Boolean)
        if column.dtype == pl.Object:
            unread.append((column.name, len(column), "it holds Python objects; cast it to text"))
            handed.append(nothing)
        elif column.dtype == pl.Null:
            handed.append(nothing)  # polars and the Arrow crate spell a column of nulls differently
        elif _of_nulls(column.dtype):
            unread.append((column.name, len(column), "it holds lists or structs of the type null; cast it"))
            handed.append(nothing)
        elif isinstance(column.dtype, pl.Enum):
            handed.append(column.cast(pl.String).cast(pl.Categorical))
            unused[column.name] = list(set(column.dtype.categories) - set(column.drop_nulls().cast(pl.String)))
        else:
            handed.append(column)

    def back(batches: _native.Batches) -> Any:
        changed = set(batches.changed)
        new = pl.DataFrame(batches)
        stays = pl.repeat(True, len(frame), eager=True).scatter(batches.dropped, False)
        columns = []
        for at, (old, name) in enumerate(zip(frame.get_columns(), batches.names)):
            if at in changed or old.name in opened.telling:
                columns.append(_typed(new.to_series(at), old.dtype).alias(name))
            else:
                columns.append((old.filter(stays) if batches.dropped else old).alias(name))
        return last(pl.DataFrame(columns))

    given = pl.DataFrame(handed)
    opened = Opened(name, given, back, pl.DataFrame, rows=len(frame), unread=unread, unused=unused)
    return opened


def _of_nulls(dtype: Any) -> bool:
    """Whether a type has the type null in it."""
    if isinstance(dtype, pl.Struct):
        return any(_of_nulls(field.dtype) for field in dtype.fields)
    return dtype == pl.Null or isinstance(dtype, (pl.List, pl.Array)) and _of_nulls(dtype.inner)


def _typed(column: pl.Series, dtype: Any) -> pl.Series:
    if isinstance(dtype, pl.Enum):
        texts = column.cast(pl.String)
        return texts.cast(pl.Enum(texts.drop_nulls().unique(maintain_order=True)))
    return column.cast(dtype)
