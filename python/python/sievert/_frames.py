"""Frames of any library: as Arrow into the main job, and back as what they were."""

from __future__ import annotations

import importlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import _native
from ._finding import Finding
from ._progress import Bar
from ._report import Report

Scan = Callable[[list[str]], list[list[Finding]]]
"""Finds in texts of no field."""
Unread = tuple[str, int, str]
"""A field that is not handed over: its name, how many cells, and why."""

_ADAPTERS = {
    "datasets": "datasets",
    "pandas": "pandas",
    "polars": "polars",
    "pyarrow": "pyarrow",
}
"""By the first part of the module that a type is of: the adapter of its library."""

COLUMNS = ("row", "field", "start", "end", "detector", "confidence", "why")
"""The columns of a frame of findings."""


@dataclass
class Opened:
    """A frame, ready to be read once."""

    name: str
    """What reports call it."""
    stream: Any
    """What exports it as Arrow records."""
    back: Callable[[_native.Batches], Any]
    """Makes of the rewritten records what the frame was."""
    table: Callable[[dict[str, list[Any]]], Any]
    """Makes a frame of the same library of columns."""
    rows: int | None = None
    """How many there are, where that is known before they are read."""
    label: Callable[[int], Any] = lambda row: row
    """What the library calls a row of this number."""
    unread: list[Unread] = field(default_factory=list)
    unused: dict[str, list[str]] = field(default_factory=dict)
    """By column: texts that no row has and that travel with its type, such as the categories of an enum."""
    became: dict[str, dict[str, str]] = field(default_factory=dict)
    """By column: what became of its ``unused`` texts, for ``back``."""
    prepare: Callable[[Scan], None] = lambda scan: None
    """Called before the records are read: what stands beside them may depend on what is looked for."""
    rewrite: Callable[..., list[str]] = lambda texts, field="": texts
    """What becomes of texts by themselves, such as the levels of a label, and of those of a ``field``: for ``back``, and for
    ``label``."""


def open_frame(data: Any) -> Opened | None:
    """The frame made ready; ``None`` where the data is none."""
    for base in type(data).__mro__:
        library = base.__module__.partition(".")[0]
        if library in _ADAPTERS:
            adapter = importlib.import_module(f".adapters.{_ADAPTERS[library]}", __package__)
            opened: Opened | None = adapter.open_frame(data)
            if opened is not None:
                return opened
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        # Whatever it was, it takes part in the protocol: so does what it gets back.
        return Opened(type(data).__name__, data, lambda batches: batches, lambda columns: columns)
    return None


def parts_of(data: Any) -> Mapping[str, Any] | None:
    """The frames of a dictionary of them: the splits of a dataset of Hugging Face."""
    of_datasets = type(data).__module__.partition(".")[0] == "datasets"
    return data if of_datasets and isinstance(data, Mapping) else None


def scan_frame(plan: _native.Plan, opened: Opened, threads: int | None, sample: str | None) -> Report:
    """Counts what is in a frame, or in a sample of its rows."""
    json, _ = _run(plan, opened, threads, sample=sample)
    return Report(json)


def redact_frame(plan: _native.Plan, opened: Opened, threads: int | None) -> tuple[Any, Report]:
    """The frame rewritten; ``None`` in its place where it could not be read to its end."""
    for column, texts in opened.unused.items():
        opened.became[column] = dict(zip(texts, plan.redact_texts(texts, column)))
    json, batches = _run(plan, opened, threads, redact=True)
    return (None if batches is None else opened.back(batches)), Report(json)


def findings_frame(plan: _native.Plan, opened: Opened, threads: int | None) -> tuple[Any, Report]:
    """A row for each finding, in a frame of the same library, in the order of the rows."""
    with tempfile.TemporaryDirectory(prefix="sievert-") as folder:
        path = os.path.join(folder, "findings.jsonl")
        report, _ = _run(plan, opened, threads, findings=path)
        with open(path, encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
    columns: dict[str, list[Any]] = {name: [row.get(name) for row in rows] for name in COLUMNS}
    columns["row"] = [opened.label(row["record"]) for row in rows]
    return opened.table(columns), Report(report)


def _run(
    plan: _native.Plan,
    opened: Opened,
    threads: int | None,
    *,
    redact: bool = False,
    findings: str | None = None,
    sample: str | None = None,
) -> tuple[str, _native.Batches | None]:
    opened.rewrite = lambda texts, field="": plan.redact_texts(texts, field)
    opened.prepare(lambda texts: plan.scan_texts(texts, ""))
    with Bar() as bar:
        return _native.run_frame(
            plan,
            data=opened.stream,
            name=opened.name,
            unread=opened.unread,
            redact=redact,
            findings=findings,
            sample=sample,
            rows=opened.rows,
            threads=threads,
            progress=bar,
        )
