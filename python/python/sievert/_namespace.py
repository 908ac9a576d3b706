"""What ``df.sievert`` is, in pandas and in polars."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._policy import PolicyLike
    from ._report import Report
    from ._scanner import OnIncomplete, Scanner
    from ._show import Shown


class Namespace:
    """What Sievert does with a frame or a series."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def scan(self, *, policy: PolicyLike | Scanner = None, sample: str | int | None = None) -> Report:
        """Counts what is in it: see :func:`sievert.scan`."""
        from ._scanner import scan

        return scan(self._data, policy=policy, sample=sample)

    def findings(self, *, policy: PolicyLike | Scanner = None) -> Any:
        """A row for each finding: see :func:`sievert.findings`."""
        from ._scanner import findings

        return findings(self._data, policy=policy)

    def redact(
        self,
        *,
        policy: PolicyLike | Scanner = None,
        return_report: bool = False,
        on_incomplete: OnIncomplete = "raise",
    ) -> Any:
        """A clean copy: see :func:`sievert.redact`."""
        from ._scanner import redact

        how: dict[str, Any] = {"return_report": return_report, "on_incomplete": on_incomplete}
        return redact(self._data, policy=policy, **how)

    def show(self, n: int = 20, values: bool = False, *, policy: PolicyLike | Scanner = None) -> Shown:
        """The first cells with findings, highlighted: see :func:`sievert.show`."""
        from ._show import show

        return show(self._data, n=n, values=values, policy=policy)


def register() -> None:
    """Gives the frames of the libraries that are imported already their ``sievert``."""
    if "pandas" in sys.modules:
        register_pandas()
    if "polars" in sys.modules:
        register_polars()


@cache
def register_pandas() -> None:
    """``df.sievert`` and ``series.sievert`` in pandas."""
    from pandas.api import extensions as api

    for registers in (
        api.register_dataframe_accessor,
        api.register_series_accessor,
        api.register_index_accessor,
    ):
        registers("sievert")(Namespace)


@cache
def register_polars() -> None:
    """``df.sievert`` and ``series.sievert`` in polars."""
    from polars import api

    for registers in (
        api.register_dataframe_namespace,
        api.register_lazyframe_namespace,
        api.register_series_namespace,
    ):
        registers("sievert")(Namespace)
