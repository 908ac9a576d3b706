"""pandas: frames, series and indexes, and the ``sievert`` accessor. Every column by its own: one in which nothing was
found is handed back as it is, object columns keep their objects, and what Arrow cannot hold is said.
"""

from __future__ import annotations

import copy
import decimal
import ipaddress
import pathlib
import uuid
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from .. import _native
from .._finding import Finding
from .._frames import Opened, Scan, Unread

try:
    import pyarrow as pa
    from pyarrow import compute
except ImportError:
    raise ImportError("sievert reads pandas frames by pyarrow: pip install pyarrow") from None

_COPIES_ON_WRITE = int(pd.__version__.partition(".")[0]) >= 3
"""Whether frames may share what none of them will change."""
_Rewrite = Callable[[list[str]], list[str]]
_SCALARS = (
    *(str, int, float, bool, decimal.Decimal, np.generic),
    *(uuid.UUID, pathlib.PurePath, ipaddress.IPv4Address, ipaddress.IPv6Address),
)
"""Objects that are their ``str``, as far as anybody reads them."""


def open_frame(data: Any) -> Opened | None:
    """A pandas object, or ``None``."""
    name = f"pandas.{type(data).__name__}"
    if isinstance(data, pd.DataFrame):
        return _open(name, data, lambda frame: frame)
    if isinstance(data, pd.Series):
        frame = data.to_frame("" if data.name is None else data.name)

        def last(new: pd.DataFrame) -> pd.Series:
            series = data._constructor(new.iloc[:, 0]).__finalize__(data)
            series.attrs = new.attrs
            return series.rename(None if data.name is None else new.columns[0])

        return _open(name, frame, last)
    if isinstance(data, pd.Index):
        return _open(name, pd.DataFrame(index=data), lambda frame: frame.index)
    return None


def _open(kind: str, frame: pd.DataFrame, last: Any) -> Opened:
    unread: list[Unread] = []
    levels = _levels(frame.index)
    parts = [*levels, *(frame.iloc[:, at] for at in range(frame.shape[1]))]
    names = [_shown(part.name) for part in levels] + [_shown(name) for name in frame.columns]
    handed = [_to_arrow(name, part, unread) for name, part in zip(names, parts)]
    attrs = {f"attrs[{at}]": item for at, item in enumerate(frame.attrs.items()) if _is_flat(item)}
    if len(attrs) < len(frame.attrs):
        why = "attributes of a frame that hold more than a text or a number are not read; clear them"
        unread.append(("attrs", len(frame.attrs) - len(attrs), why))
    table = pa.Table.from_arrays(handed, names=names)

    def back(batches: _native.Batches) -> Any:
        new = pa.table(batches)
        stays = np.ones(len(frame), dtype=bool)
        stays[batches.dropped] = False
        changed = set(batches.changed)
        done = []
        for at, part in enumerate(parts):
            kept = part[stays] if batches.dropped else part
            if at in changed:
                before = handed[at].filter(pa.array(stays)) if batches.dropped else handed[at]
                alone = partial(opened.rewrite, field=names[at])
                kept = _from_arrow(batches.names[at], kept, before, new.column(at), alone)
            done.append(kept)
        renamed = batches.names
        index = _index(frame.index[stays] if batches.dropped else frame.index, done[: len(levels)], levels)
        index = _index_names(index, names[: len(levels)], renamed[: len(levels)])
        columns = _column_names(frame.columns, names[len(levels) :], renamed[len(levels) :], opened.rewrite)
        index, columns = (_own_names(each, opened.rewrite) for each in (index, columns))
        aligned = {at: part.set_axis(index) for at, part in enumerate(done[len(levels) :])}
        result = pd.DataFrame(aligned, index=index, copy=not _COPIES_ON_WRITE)
        result.columns = columns
        # A frame of one's own kind stays one, with what pandas says beside the data: attributes, flags.
        own = result if type(frame) is pd.DataFrame else frame._constructor(result)
        own = own.__finalize__(frame)
        own.attrs = _attrs_now(frame.attrs, attrs, new.schema.metadata or {})
        return last(own)

    def label(row: int) -> Any:
        told = [_told(level.array[row], partial(opened.rewrite, field=_shown(level.name))) for level in levels]
        if isinstance(frame.index, pd.MultiIndex):
            return tuple(told)
        return told[0] if told else frame.index[row]

    def prepare(scan: Scan) -> None:
        beside = {} if levels else _names_of("index", frame.index)
        beside |= _names_of("columns", frame.columns) | _hidden(frame.columns, scan)
        for place, (key, value) in attrs.items():
            beside |= {f"{place}.key": _encodable(str(key)), f"{place}.value": _encodable(str(value))}
        opened.stream = table.replace_schema_metadata(beside)

    opened = Opened(
        kind,
        table,
        back,
        pd.DataFrame,
        rows=len(frame),
        label=label,
        unread=unread,
        prepare=prepare,
    )
    return opened


def _is_flat(attribute: tuple[Any, Any]) -> bool:
    """Whether an attribute of a frame is its ``str``, as far as anybody reads it."""
    key, value = attribute
    return isinstance(key, _SCALARS) and (value is None or isinstance(value, _SCALARS))


def _attrs_now(
    old: dict[Any, Any], read: dict[str, tuple[Any, Any]], metadata: dict[bytes, bytes]
) -> dict[Any, Any]:
    """What has become of the attributes of a frame; one that is dropped goes with its key."""
    places = {key: place for place, (key, _) in read.items()}
    now = {}
    for key, value in old.items():
        if key not in places:
            now[key] = value
            continue
        clean = [metadata.get(f"{places[key]}.{part}".encode()) for part in ("key", "value")]
        if None not in clean:
            new_key, new_value = (_kept(was, text) for was, text in zip((key, value), clean))
            now[new_key] = new_value
    return now


def _kept(old: Any, new: bytes | None) -> Any:
    """The object itself where its text is as it was."""
    text = (new or b"").decode()
    return old if _encodable(str(old)) == text else text


def _shown(name: Any) -> str:
    """A label as the name of a field: what a label of several levels holds is joined."""
    if isinstance(name, tuple):
        return ".".join(str(part) for part in name)
    return "" if name is None else str(name)


def _names_of(axis: str, index: pd.Index) -> dict[str, str]:
    """What an axis itself is called, or its levels, by where that stands."""
    return {f"{axis}.names[{at}]": name for at, name in enumerate(index.names) if isinstance(name, str)}


def _hidden(columns: pd.Index, scan: Scan) -> dict[str, str]:
    """Parts of labels of which the label as a whole does not show what is found in them, by where they stand."""
    labels = [(at, label) for at, label in enumerate(columns) if isinstance(label, tuple)]
    hidden = {}
    for (at, label), whole in zip(labels, scan([_shown(label) for _, label in labels])):
        shown = _detectors(whole)
        parts = [_shown(part) for part in label]
        for level, found in enumerate(map(_detectors, scan(parts))):
            if found - shown:
                hidden[f"columns[{at}][{level}]"] = parts[level]
            shown -= found
    return hidden


def _detectors(found: Sequence[Finding]) -> Counter[str]:
    return Counter(finding.detector for finding in found)


def _levels(index: pd.Index) -> list[pd.Series]:
    """The levels of an index as columns; one that only counts has none."""
    if isinstance(index, pd.MultiIndex):
        levels = [index.get_level_values(level) for level in range(index.nlevels)]
    elif isinstance(index, pd.RangeIndex):
        levels = []
    else:
        levels = [index]
    return [pd.Series(level.array, dtype=level.dtype, name=level.name) for level in levels]


def _to_arrow(name: str, column: pd.Series, unread: list[Unread]) -> pa.ChunkedArray:
    """The column as Arrow; nulls where it cannot be read, which is noted."""
    if column.dtype == object:
        return _objects(name, column, unread)
    if isinstance(column.dtype, pd.SparseDtype) and column.dtype.subtype.kind in "biuf":
        column = column.sparse.to_dense()
    try:
        array = pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, NotImplementedError):
        unread.append((name, len(column), "its dtype has no form in Arrow; cast it to text"))
        return pa.chunked_array([pa.nulls(len(column))])
    chunked = array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
    if isinstance(chunked.type, pa.BaseExtensionType):
        chunked = pa.chunked_array([chunk.storage for chunk in chunked.chunks], chunked.type.storage_type)
    return chunked


def _objects(name: str, column: pd.Series, unread: list[Unread]) -> pa.ChunkedArray:
    """A column of Python objects: texts and numbers as texts, lists and dictionaries as Arrow reads them."""
    values = column.to_numpy()
    try:
        array = pa.array(values, from_pandas=True)
        if pa.types.is_nested(array.type) or pa.types.is_large_string(array.type) or pa.types.is_string(array.type):
            return pa.chunked_array([array])
    except (pa.ArrowException, TypeError, ValueError, NotImplementedError, OverflowError):
        pass
    texts: list[str | None] = []
    strange = 0
    for value in values:
        if isinstance(value, str):
            texts.append(value if value.isascii() else _encodable(value))
        elif isinstance(value, bytes):
            try:
                texts.append(value.decode())
            except UnicodeDecodeError:
                texts.append(None)
                strange += 1
        elif value is None or value is pd.NA or value is pd.NaT or isinstance(value, (bool, np.bool_)):
            texts.append(None)
        elif isinstance(value, float) and not np.isfinite(value):
            texts.append(None)
        elif isinstance(value, float) and value.is_integer():
            texts.append(str(int(value)))
        elif isinstance(value, _SCALARS) or hasattr(value, "isoformat"):
            texts.append(str(value))
        else:
            texts.append(None)
            strange += 1
    if strange:
        unread.append((name, strange, "objects that are neither texts nor numbers; turn them into texts"))
    return pa.chunked_array([pa.array(texts, pa.large_string())])


def _from_arrow(
    name: str, old: pd.Series, before: pa.ChunkedArray, after: pa.ChunkedArray, rewrite: _Rewrite
) -> pd.Series:
    """The column with what changed, of its own dtype as far as that holds it."""
    dtype = old.dtype
    if dtype == object:
        values = old.to_numpy(copy=True)
        rows, names = _differing(before, after), _field_names(before.type, after.type)
        for row, new in zip(rows, after.take(pa.array(rows, pa.int64())).to_pylist()):
            was = values[row]
            values[row] = _rebuilt(was, new, names)
            if isinstance(was, str) and _encodable(was) != was:
                # Of a text by itself, what is not found stays as it was, surrogates too.
                (alone,) = rewrite([was])
                values[row] = alone if _encodable(alone) == new else new
        return pd.Series(values, index=old.index, name=old.name, dtype=object)
    if isinstance(dtype, pd.CategoricalDtype):
        # Of the dictionary, not of the values: a category that no row has is one as well.
        categories = after.unify_dictionaries().chunk(0).dictionary if after.num_chunks else pa.array([])
        texts = after.cast(after.type.value_type).to_pylist()
        values = pd.Categorical(texts, categories=categories.to_pylist(), ordered=dtype.ordered)
        return pd.Series(values, index=old.index, name=old.name)
    numbers = dtype.subtype if isinstance(dtype, pd.SparseDtype) else dtype
    if isinstance(numbers, np.dtype) and numbers.kind in "iu":
        nullable = numbers.name.replace("uint", "UInt").replace("int", "Int")
        warnings.warn(f"column {name!r} was {dtype} and becomes {nullable}: values in it are null", stacklevel=7)
        return pd.Series(pd.array(after.to_pylist(), dtype=nullable), index=old.index, name=old.name)
    if isinstance(dtype, pd.ArrowDtype) and pa.types.is_nested(after.type):
        dtype = pd.ArrowDtype(after.type)  # names of its fields may be others now
    from_arrow = getattr(dtype, "__from_arrow__", None)
    if from_arrow is not None:
        return pd.Series(from_arrow(after), index=old.index, name=old.name)
    return pd.Series(after.to_pandas().to_numpy(), index=old.index, name=old.name).astype(dtype)


def _differing(before: pa.ChunkedArray, after: pa.ChunkedArray) -> Sequence[int]:
    """The rows in which two columns differ."""
    if pa.types.is_nested(before.type):
        return [row for row, (old, new) in enumerate(zip(before, after)) if old != new]
    before, after = before.cast(pa.large_string()), after.cast(pa.large_string())
    differ = compute.call_function("not_equal", [before, after]).fill_null(True)
    both_null = compute.call_function("and", [before.is_null(), after.is_null()])
    alone = compute.call_function("and_not", [differ, both_null])
    rows: list[int] = compute.call_function("indices_nonzero", [alone]).to_pylist()
    return rows


def _field_names(old: pa.DataType, new: pa.DataType) -> Any:
    """What the fields of a struct are called now, each with what stands below it; of lists, what stands in them."""
    if pa.types.is_struct(old):
        return {was.name: (now.name, _field_names(was.type, now.type)) for was, now in zip(old, new)}
    return _field_names(old.value_type, new.value_type) if pa.types.is_list(old) else None


def _rebuilt(old: Any, new: Any, names: Any) -> Any:
    """A new object like the old one, with the texts of the new one. Keys that Arrow added are left out."""
    if isinstance(old, dict) and isinstance(new, dict):
        rebuilt: dict[Any, Any] = {}
        for key, value in old.items():
            was = key.decode() if isinstance(key, bytes) else str(key)
            now, below = names[was]
            renamed = key if now == was else now.encode() if isinstance(key, bytes) else now
            rebuilt[renamed] = _rebuilt(value, new[now], below)
        if type(old) is dict:
            return rebuilt
        own = copy.copy(old)
        own.clear()
        own.update(rebuilt)
        return own
    if isinstance(old, (list, tuple)) and isinstance(new, list) and len(old) == len(new):
        parts = [_rebuilt(a, b, names) for a, b in zip(old, new)]
        make = getattr(old, "_make", type(old))  # of a named tuple
        return make(parts)
    if isinstance(old, set) and isinstance(new, list):
        return type(old)(new)
    if isinstance(old, np.ndarray) and isinstance(new, list):
        array = np.empty(len(old), dtype=object)
        array[:] = [_rebuilt(a, b, names) for a, b in zip(old, new)]
        return array
    if isinstance(old, bytes) and isinstance(new, str):
        return new.encode()
    return new


def _encodable(text: str) -> str:
    """The text as Arrow holds it: without lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def _index(index: pd.Index, levels: list[pd.Series], before: list[pd.Series]) -> pd.Index:
    if all(new is old for new, old in zip(levels, before)) or not levels:
        return index
    if isinstance(index, pd.MultiIndex):
        return pd.MultiIndex.from_arrays([_as_index(level) for level in levels], names=index.names)
    return _as_index(levels[0]).rename(index.name)


def _as_index(level: pd.Series) -> pd.Index:
    # Of the same dtype: left to itself, pandas makes text of objects.
    return pd.Index(level.array, dtype=level.dtype)


def _index_names(index: pd.Index, old: list[str], new: list[str]) -> pd.Index:
    if old == new:
        return index
    return index.set_names([b if a != b else name for a, b, name in zip(old, new, index.names)])


def _told(label: Any, rewrite: _Rewrite) -> Any:
    """A label of a row as findings name it: they hold no value, and what is not personal stays an object."""
    (clean,) = rewrite([_encodable(str(label))])
    return label if clean == _encodable(str(label)) else clean


def _own_names(index: pd.Index, rewrite: _Rewrite) -> pd.Index:
    """An axis that is called what became of its names."""
    old = [name for name in index.names if isinstance(name, str)]
    new = dict(zip(old, rewrite(old)))
    if all(new[name] == name for name in old):
        return index
    return index.set_names([new.get(name, name) if isinstance(name, str) else name for name in index.names])


def _column_names(columns: pd.Index, old: list[str], new: list[str], rewrite: _Rewrite) -> pd.Index:
    renamed = [
        _relabelled(name, b, rewrite) if isinstance(name, tuple) else name if a == b else b
        for name, a, b in zip(columns, old, new)
    ]
    if isinstance(columns, pd.CategoricalIndex):
        return _categories(columns, renamed, rewrite)
    if renamed == list(columns):
        return columns
    if not isinstance(columns, pd.MultiIndex):
        # Objects stay objects; what was no text may have become one.
        dtype = object if columns.dtype == object else None
        return pd.Index(renamed, dtype=dtype, name=columns.name, tupleize_cols=False)
    # Level by level, so that one in which nothing changed keeps its type.
    levels = [columns.get_level_values(level) for level in range(columns.nlevels)]
    arrays = [old if list(old) == list(new) else list(new) for old, new in zip(levels, zip(*renamed))]
    return pd.MultiIndex.from_arrays(arrays, names=columns.names)


def _categories(columns: pd.CategoricalIndex, renamed: list[Any], rewrite: _Rewrite) -> pd.Index:
    """Labels that are categories, with those too that no column has."""
    became = dict(zip(columns, renamed))
    for category in columns.categories:
        if category not in became:
            became[category] = rewrite([category])[0] if isinstance(category, str) else category
    if all(new == old for old, new in became.items()):
        return columns
    categories = list(dict.fromkeys(became[category] for category in columns.categories))
    return pd.CategoricalIndex(renamed, categories=categories, ordered=columns.ordered, name=columns.name)


def _relabelled(label: tuple[Any, ...], whole: str, rewrite: _Rewrite) -> tuple[Any, ...]:
    """A label of several levels, each rewritten for itself; where a finding goes over several, what became of the
    ``whole`` stands in the first."""
    texts = [_shown(part) for part in label]
    clean = rewrite(texts)
    if rewrite([".".join(clean)]) != [".".join(clean)]:
        return (whole, *[""] * (len(label) - 1))
    return tuple(part if a == b else b for a, b, part in zip(texts, clean, label))
