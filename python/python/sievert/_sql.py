"""What the SQL functions of DuckDB and Spark do with two columns: texts, and the names of the fields they stand in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ._scanner import Scanner

Texts = Sequence["str | None"]


def redacted(scanner: Scanner, texts: Texts, fields: Texts) -> list[str | None]:
    """``sievert_redact``: each text rewritten; null stays null."""
    return _by_field(scanner.redact_texts, texts, fields)


def detectors_in(scanner: Scanner, texts: Texts, fields: Texts) -> list[list[str] | None]:
    """``sievert_detectors``: the ids of what is in each text, sorted; null stays null."""
    found = _by_field(scanner.scan_texts, texts, fields)
    ids = [sorted({finding.detector for finding in there}) for there in found]
    return [None if text is None else there for text, there in zip(texts, ids)]


def _by_field(work: Callable[..., list[Any]], texts: Texts, fields: Texts) -> list[Any]:
    """The texts of each field worked on together; the results in the order of the rows."""
    done: list[Any] = [None] * len(texts)
    for field in set(fields):
        rows = [row for row, name in enumerate(fields) if name == field]
        for row, result in zip(rows, work([texts[row] for row in rows], field=field or "")):
            done[row] = result
    return done
