"""DuckDB: SQL functions over text columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _sql
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
        return pa.array(_sql.redacted(scanner, texts.to_pylist(), fields.to_pylist()), pa.string())

    def detectors(texts: Any, fields: Any) -> Any:
        found = _sql.detectors_in(scanner, texts.to_pylist(), fields.to_pylist())
        return pa.array(found, pa.list_(pa.string()))

    for name, function, result in (
        ("sievert_redact", redact, sqltypes.VARCHAR),
        ("sievert_detectors", detectors, connection.list_type(sqltypes.VARCHAR)),
    ):
        arguments: Any = [sqltypes.VARCHAR, sqltypes.VARCHAR]
        how: dict[str, Any] = {"type": "arrow", "null_handling": "special"}
        connection.create_function(name, function, arguments, result, **how)
