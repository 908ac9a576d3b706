"""What can go wrong. No message holds a text that was scanned, an allowed value or a byte of a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._report import Report


class SievertError(Exception):
    """The base of all errors of this package."""


class PolicyError(SievertError, ValueError):
    """The policy or its key cannot be used; the text lists everything that is wrong, each with what to do."""


class StoreError(SievertError, OSError):
    """A file or folder cannot be read or written."""


class FormatError(SievertError, ValueError):
    """Data is damaged, or of a form that is not read or written."""


class IncompleteError(SievertError):
    """Not everything was examined. ``report`` says what; pass ``on_incomplete="warn"`` to go on with the rest."""

    report: Report

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message, report)
        self.report = report

    def __str__(self) -> str:
        return str(self.args[0])


class IncompleteWarning(UserWarning):
    """Not everything was examined, and ``on_incomplete="warn"`` let it pass."""


for _class in (SievertError, PolicyError, StoreError, FormatError, IncompleteError, IncompleteWarning):
    _class.__module__ = "sievert"  # tracebacks name them as users import them
