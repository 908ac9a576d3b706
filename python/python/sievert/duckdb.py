"""DuckDB: SQL functions over text columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._policy import PolicyLike
from ._scanner import Scanner, scanner_of

if TYPE_CHECKING:
    import duckdb


def register(connection: duckdb.DuckDBPyConnection, *, policy: PolicyLike | Scanner = None) -> None:
    """Adds to a connection ``sievert_redact(text, field)``: the text rewritten; and ``sievert_detectors(text, field)``:
    the ids of what is in it, as a list, sorted. ``field`` is the name of the column, or ``''``: it counts as evidence.
    Null stays null.
    """
    import pyarrow as pa
    from duckdb import sqltypes

    scanner = scanner_of(policy)

    def redact(texts: Any, fields: Any) -> Any:
        return pa.array(_by_field(texts.to_pylist(), fields.to_pylist(), scanner.redact_texts), pa.string())

    def detectors(texts: Any, fields: Any) -> Any:
        texts = texts.to_pylist()
        found = _by_field(texts, fields.to_pylist(), scanner.scan_texts)
        ids = [sorted({finding.detector for finding in there}) for there in found]
        none_for_null = [None if text is None else there for text, there in zip(texts, ids)]
        return pa.array(none_for_null, pa.list_(pa.string()))

    for name, function, result in (
        ("sievert_redact", redact, sqltypes.VARCHAR),
        ("sievert_detectors", detectors, connection.list_type(sqltypes.VARCHAR)),
    ):
        arguments: Any = [sqltypes.VARCHAR, sqltypes.VARCHAR]
        how: dict[str, Any] = {"type": "arrow", "null_handling": "special"}
        connection.create_function(name, function, arguments, result, **how)


def _by_field(texts: list[str | None], fields: list[str | None], work: Callable[..., list[Any]]) -> list[Any]:
    """The texts of each field worked on together; the results in the order of the rows."""
    done: list[Any] = [None] * len(texts)
    for field in set(fields):
        rows = [row for row, name in enumerate(fields) if name == field]
        for row, result in zip(rows, work([texts[row] for row in rows], field=field or "")):
            done[row] = result
    return done
