"""pyarrow: tables, record batches, readers, arrays. What nothing was found in keeps its buffers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from .. import _native
from .._frames import Opened


def open_frame(data: Any) -> Opened | None:
    """A pyarrow object, or ``None``."""
    name = f"pyarrow.{type(data).__name__}"
    if isinstance(data, pa.RecordBatchReader):
        return Opened(name, data, pa.RecordBatchReader.from_stream, pa.table)
    if isinstance(data, pa.Table):
        return Opened(name, data, pa.table, pa.table, rows=len(data))
    if isinstance(data, pa.RecordBatch):
        return Opened(name, data, _one_batch, pa.table, rows=len(data))
    if isinstance(data, (pa.Array, pa.ChunkedArray)):
        last = _one_batch if isinstance(data, pa.Array) else pa.table
        table = pa.table({"": data})
        return Opened(name, table, lambda batches: last(batches).column(0), pa.table, rows=len(data))
    return None


def _one_batch(batches: _native.Batches) -> pa.RecordBatch:
    table = pa.table(batches)
    parts = table.to_batches()
    if len(parts) != 1:
        parts = table.combine_chunks().to_batches()
    return parts[0] if parts else pa.RecordBatch.from_pylist([], schema=table.schema)
