"""Dask: frames of pandas partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._policy import PolicyLike
from ._report import Report, merge
from ._scanner import OnIncomplete, Scanner
from ._work import Work

if TYPE_CHECKING:
    from dask.dataframe import DataFrame


def scan(frame: DataFrame, *, policy: PolicyLike | Scanner = None) -> Report:
    """Counts what is in a frame, now, on whatever Dask computes with."""
    from dask.delayed import delayed

    work = Work(policy)
    found: Report = delayed(merge)([delayed(work.scan)(part, name) for name, part in _named(frame)]).compute()
    return found


def redact(
    frame: DataFrame,
    *,
    policy: PolicyLike | Scanner = None,
    return_report: bool = False,
    on_incomplete: OnIncomplete = "raise",
) -> Any:
    """The frame rewritten, when it is computed. Its divisions are unknown: they would be values of its index.

    With ``return_report=True`` a pair, ``(clean, report)``, where ``report`` is as lazy as ``clean``:
    ``dask.compute(clean, report)`` does the work once for both (and warns, as one is a frame and the other is not).
    """
    import dask.dataframe as dd
    from dask.delayed import delayed

    work = Work(policy, on_incomplete=on_incomplete)
    meta, _ = work.redact(frame._meta)
    done = [delayed(work.redact, nout=2)(part, name) for name, part in _named(frame)]
    # A column of numbers may turn out to need nulls: its type is then another than announced.
    clean = dd.from_delayed([part for part, _ in done], meta=meta, verify_meta=False)
    return (clean, delayed(merge)([report for _, report in done])) if return_report else clean


def _named(frame: Any) -> list[tuple[str, Any]]:
    """The partitions of a frame, each with what reports call it."""
    return [(f"partition {number}", part) for number, part in enumerate(frame.to_delayed())]
