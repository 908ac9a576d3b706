"""Rows that are dictionaries, for libraries that hand on one sample after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._report import Report
from ._work import Work

Row = Mapping[str, Any]


def redact_rows(work: Work, rows: Sequence[Row], name: str | None = None) -> tuple[list[dict[str, Any] | None], Report]:
    """The rows rewritten, each with the keys that it had; ``None`` for one that the policy drops."""
    import pandas as pd  # whose columns of objects may hold anything, and come back as it

    keys = list(dict.fromkeys(key for row in rows for key in row))
    columns = {key: pd.Series([row.get(key) for row in rows], dtype=object) for key in keys}
    clean, report = work.redact(pd.DataFrame(columns, index=range(len(rows))), name)
    named = dict(zip(keys, clean.columns))
    values = {key: dict(clean.iloc[:, at].items()) for at, key in enumerate(keys)}
    done: list[dict[str, Any] | None] = [None] * len(rows)
    for at in clean.index:
        done[at] = {named[key]: values[key][at] for key in rows[at]}
    return done, report
