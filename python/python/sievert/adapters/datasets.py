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

    said = _said(data.info)
    given: Any = data.with_format("arrow")[:]
    given = given.replace_schema_metadata({**(given.schema.metadata or {}), **said})

    def back(batches: _native.Batches) -> datasets.Dataset:
        table = pa.table(batches)
        metadata = dict(table.schema.metadata or {})
        now = {key: metadata.pop(key.encode(), b"").decode() for key in said}
        table = table.replace_schema_metadata(metadata)
        info = data.info.copy()
        for key in said:
            if now[key] != said[key]:
                name = key.removeprefix(_INFO)
                setattr(info, name, now[key] if isinstance(getattr(info, name), str) else None)
        # Labels of classes and names of nested fields stand in the metadata, which was rewritten as well.
        features = datasets.Features.from_arrow_schema(table.schema)
        if features.type != pa.struct(list(table.schema)):
            features = datasets.Features.from_arrow_schema(table.schema.remove_metadata())
        info.features = features
        clean = datasets.Dataset(table, info=info, split=data.split)
        shown = dict(data.format)
        columns = set(shown.pop("columns"))
        if shown["type"] is None and columns == set(data.column_names):
            return clean
        names = [new for old, new in zip(data.column_names, batches.names) if old in columns]
        return clean.with_format(columns=names, **shown.pop("format_kwargs"), **shown)

    def table(columns: dict[str, list[Any]]) -> datasets.Dataset:
        return datasets.Dataset.from_dict(columns)

    name = f"datasets.Dataset {data.split}" if data.split else "datasets.Dataset"
    return Opened(name, given, back, table, rows=len(data))


_INFO = "info."


def _said(info: datasets.DatasetInfo) -> dict[str, str]:
    """What a dataset says of itself in words, and where it was downloaded from, by the names of these fields."""
    said = {_INFO + name: value for name, value in vars(info).items() if isinstance(value, str) and value}
    if info.download_checksums:
        said[f"{_INFO}download_checksums"] = "\n".join(info.download_checksums)
    return said
