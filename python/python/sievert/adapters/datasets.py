"""Hugging Face datasets that are tables. One that streams, or is larger than memory, takes ``sievert.huggingface``."""

from __future__ import annotations

from typing import Any

import datasets
import pyarrow as pa

from .. import _native
from .._frames import Opened


def open_frame(data: Any) -> Opened | None:
    """A dataset, or ``None``."""
    if isinstance(data, datasets.IterableDataset):
        raise TypeError(
            "data is an IterableDataset, which is rewritten as it is read: "
            "dataset.map(sievert.huggingface.Redact(policy), batched=True)"
        )
    if not isinstance(data, datasets.Dataset):
        return None

    def back(batches: _native.Batches) -> datasets.Dataset:
        table = pa.table(batches)
        info = data.info.copy()
        if batches.names != data.column_names:
            info.features = None
        return datasets.Dataset(table, info=info, split=data.split)

    def table(columns: dict[str, list[Any]]) -> datasets.Dataset:
        return datasets.Dataset.from_dict(columns)

    name = f"datasets.Dataset {data.split}" if data.split else "datasets.Dataset"
    return Opened(name, data.with_format("arrow")[:], back, table, rows=len(data))
