"""polars: frames, lazy frames and series, and the ``sievert`` namespace on each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import polars as pl

from .. import _native
from .._frames import Opened, Unread

_MAP: Any = getattr(pl, "Map", ())
"""The type of maps, where this polars has it."""


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
        strange = _strange(column.dtype)
        if column.dtype == pl.Null:
            handed.append(nothing)  # polars and the Arrow crate spell a column of nulls differently
        elif strange:
            unread.append((column.name, len(column), strange))
            handed.append(nothing)
        elif enums := list(_enums(column, column.dtype)):
            texts = column.cast(_typed(column.dtype, column.dtype, repeat(pl.String())))
            handed.append(texts.cast(pl.Categorical) if isinstance(column.dtype, pl.Enum) else texts)
            unused[column.name] = [text for enum, leaf in enums for text in _unused(enum, leaf)]
        else:
            handed.append(column)

    def back(batches: _native.Batches) -> Any:
        changed = set(batches.changed)
        new = pl.DataFrame(batches)
        stays = pl.repeat(True, len(frame), eager=True).scatter(batches.dropped, False)
        columns = []
        for at, (old, name) in enumerate(zip(frame.get_columns(), batches.names)):
            kept = old.filter(stays) if batches.dropped else old
            became = opened.became.get(old.name, {})
            if at in changed or any(text != now for text, now in became.items()):
                kept = _rewritten(kept, new.to_series(at), became)
            columns.append(kept.alias(name))
        return last(pl.DataFrame(columns))

    given = pl.DataFrame(handed)
    opened = Opened(name, given, back, pl.DataFrame, rows=len(frame), unread=unread, unused=unused)
    return opened


def _strange(dtype: Any) -> str | None:
    """Why a type cannot be handed over, if so."""
    if dtype == pl.Object:
        return "it holds Python objects; cast it to text"
    if dtype == pl.Null:
        return "it holds lists or structs of the type null; cast it"
    if dtype in (pl.Int128, pl.UInt128):
        return f"it is of the type {dtype}, which Arrow does not have; cast it"
    if isinstance(dtype, _MAP) and "Enum(" in str(dtype):
        return "it holds enums in a map; cast them to text"
    return next(filter(None, map(_strange, _below(dtype))), None)


def _below(dtype: Any) -> list[Any]:
    """The types that a type is made of."""
    if isinstance(dtype, pl.Struct):
        return [field.dtype for field in dtype.fields]
    if isinstance(dtype, _MAP):
        return [dtype.key, dtype.value]
    return [dtype.inner] if isinstance(dtype, (pl.List, pl.Array)) else []


def _enums(column: pl.Series, dtype: Any) -> Iterator[tuple[pl.Enum, pl.Series]]:
    """Every enum in the type of a column, with what stands in the column under it."""
    if isinstance(dtype, pl.Enum):
        yield dtype, column.cast(pl.String)
    elif isinstance(dtype, (pl.List, pl.Array)):
        yield from _enums(column.explode(), dtype.inner)
    elif isinstance(dtype, pl.Struct):
        # By their places: their names may be others by now.
        for name, inner in zip(column.struct.fields, _below(dtype)):
            yield from _enums(column.struct.field(name), inner)


def _unused(enum: pl.Enum, leaf: pl.Series) -> list[str]:
    used = set(leaf)
    return [text for text in enum.categories if text not in used]


def _rewritten(old: pl.Series, new: pl.Series, became: dict[str, str]) -> pl.Series:
    """The new values in the type of the old ones: with the names that its fields have now, and enums of what stands there
    now, in their order."""
    enums = []
    for (enum, before), (_, after) in zip(_enums(old, old.dtype), _enums(new, old.dtype)):
        now: dict[str, list[str]] = {text: [became[text]] for text in _unused(enum, before) if became.get(text)}
        pairs = pl.DataFrame({"before": before, "after": after.cast(pl.String)})
        for text, place in pairs.drop_nulls().unique(maintain_order=True).iter_rows():
            now.setdefault(text, []).append(place)
        places = (place for text in enum.categories for place in now.get(text, []))
        enums.append(pl.Enum(list(dict.fromkeys(places))))
    return new.cast(_typed(old.dtype, new.dtype, iter(enums)))


def _typed(dtype: Any, names: Any, enums: Iterator[Any]) -> Any:
    """A type with the field names of another that is made like it, and other types in place of its enums."""
    if isinstance(dtype, pl.Enum):
        return next(enums)
    if isinstance(dtype, pl.List):
        return pl.List(_typed(dtype.inner, names.inner, enums))
    if isinstance(dtype, pl.Array):
        return pl.Array(_typed(dtype.inner, names.inner, enums), dtype.size)
    if isinstance(dtype, pl.Struct):
        parts = zip(dtype.fields, names.fields)
        return pl.Struct([pl.Field(new.name, _typed(old.dtype, new.dtype, enums)) for old, new in parts])
    return dtype
