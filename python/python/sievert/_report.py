"""What a run tells: counts, the ledger, what was not examined. Never the text."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import _native
from ._errors import StoreError

if TYPE_CHECKING:
    import pandas
    import pyarrow


class Report:
    """The result of a run. It pickles, and holds counts and shapes but never a value."""

    __slots__ = ("_json", "_read")
    _json: str
    _read: dict[str, Any] | None

    def __init__(self, json: str) -> None:
        self._json = json
        self._read = None

    def to_dict(self) -> dict[str, Any]:
        """The whole report, as its JSON form spells it."""
        read = self._read
        if read is None:
            import json

            read = self._read = json.loads(self._json)
        return read

    def to_json(self) -> str:
        """The report as JSON, the form that ``sievert --report`` writes and ``sievert report merge`` reads."""
        return self._json

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the report as JSON: whole or not at all, and for its owner alone (mode 0600) whatever stood there."""
        _native.save(self._json, os.fspath(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Report:
        """A report that was saved."""
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
        except OSError as error:
            raise StoreError(f"{os.fspath(path)}: {error.strerror}; check the path") from None
        return cls(_native.merge([text]))

    @property
    def complete(self) -> bool:
        """Whether everything that the plan wanted was examined."""
        report = self.to_dict()
        return not report["not_examined"] and not report["not_examined_more"]

    @property
    def not_examined(self) -> list[dict[str, Any]]:
        """What the plan wanted and did not get: ``object``, ``record`` where it is one, ``bytes``, ``reason``."""
        return list(self.to_dict()["not_examined"])

    @property
    def looked_for(self) -> list[str]:
        """The ids of the detectors that were on."""
        return list(self.to_dict()["plan"]["looked_for"])

    @property
    def not_looked_for(self) -> list[str]:
        """What this build or plan cannot find: names, places, ..., and the ids of detectors that are off."""
        return list(self.to_dict()["plan"]["not_looked_for"])

    @property
    def findings(self) -> int:
        """How many findings there are, of any confidence."""
        return sum(_total(counts) for counts in self.by_detector().values())

    def by_detector(self) -> dict[str, dict[str, Any]]:
        """Counts by detector id: ``certain``, ``likely``, ``possible``, ``objects`` and a ``shape``."""
        return dict(self.to_dict()["detectors"])

    def by_field(self) -> dict[str, dict[str, Any]]:
        """Counts by field: ``cells``, ``skipped``, and under ``detectors`` the findings of each."""
        return dict(self.to_dict()["fields"])

    def rows(self) -> list[dict[str, Any]]:
        """A row for each field and detector with findings: field, detector, certain, likely, possible, cells (with a
        finding), of (cells scanned), distinct."""
        return [
            {
                "field": field,
                "detector": detector,
                **{level: counts[level] for level in ("certain", "likely", "possible")},
                "cells": counts["cells"],
                "of": about["cells"],
                "distinct": counts["distinct"],
            }
            for field, about in self.by_field().items()
            for detector, counts in about["detectors"].items()
            if _total(counts)
        ]

    def to_arrow(self) -> pyarrow.Table:
        """:meth:`rows` as a pyarrow table."""
        import pyarrow as pa

        kinds = {"field": pa.string(), "detector": pa.string()}
        names = ("field", "detector", "certain", "likely", "possible", "cells", "of", "distinct")
        schema = pa.schema([(name, kinds.get(name, pa.int64())) for name in names])
        return pa.Table.from_pylist(self.rows(), schema=schema)

    def to_pandas(self) -> pandas.DataFrame:
        """:meth:`rows` as a pandas frame."""
        import pandas as pd

        columns = ("field", "detector", "certain", "likely", "possible", "cells", "of", "distinct")
        return pd.DataFrame(self.rows(), columns=list(columns)).astype(dict.fromkeys(columns[2:], "int64"))

    def __str__(self) -> str:
        return _native.summary(self._json)

    def _repr_html_(self) -> str:
        from ._show import report_html

        return report_html(self)

    def __repr__(self) -> str:
        state = "complete" if self.complete else "incomplete"
        return f"<sievert.Report {self.findings} findings, {state}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Report) and self._json == other._json

    def __hash__(self) -> int:
        return hash(self._json)

    def __reduce__(self) -> tuple[Any, ...]:
        return Report, (self._json,)


def _total(counts: dict[str, Any]) -> int:
    return int(counts["certain"] + counts["likely"] + counts["possible"])


def merge(reports: Iterable[Report]) -> Report:
    """The sum of reports of one job: its shards, partitions or workers. Reports of different plans do not add up: a
    :class:`SievertError`."""
    if isinstance(reports, Report):
        raise TypeError("reports is a Report; it takes several: merge([...])")
    texts = []
    for report in reports:
        if not isinstance(report, Report):
            raise TypeError(f"reports holds {type(report).__name__}; it takes Reports, which Report.load reads from files")
        texts.append(report.to_json())
    return Report(_native.merge(texts))
