"""Functions as detectors: what is called, and how it must not end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Union

Span = Union[tuple[int, int], tuple[int, int, str]]
"""Start and end as indices into the text, and how sure: ``"likely"`` where it is not said, or ``"certain"``."""

_AT_ONCE = 256
"""Texts in a call of a function that takes many."""

_STRANGE = "its function gave something that is no list of (start, end) within the text"


class Function:
    """A function made safe to be called from Rust. It pickles as the function does."""

    __slots__ = ("_find", "_many")
    _find: Callable[..., Any]
    _many: bool

    def __init__(self, find: Callable[..., Any], *, many: bool) -> None:
        self._find = find
        self._many = many

    @property
    def name(self) -> str:
        """What reports and the plan's hash call it."""
        named = self._find if hasattr(self._find, "__qualname__") else type(self._find)
        return f"{named.__module__}.{named.__qualname__}"

    def __call__(self, texts: list[str]) -> list[list[tuple[int, int, str]] | str]:
        """For each text what was found, or why nothing could be, in words that hold no value."""
        if not self._many:
            return [self._guarded(text) for text in texts]
        answers: list[list[tuple[int, int, str]] | str] = []
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            try:
                found = list(self._find(some))
                if len(found) != len(some):
                    raise ValueError
                answers += [_spans(text, spans) for text, spans in zip(some, found)]
            except Exception:
                # Which text it was is found out by asking for each alone.
                answers += [self._guarded(text) for text in some]
        return answers

    def _guarded(self, text: str) -> list[tuple[int, int, str]] | str:
        try:
            if not self._many:
                return _spans(text, self._find(text))
            (spans,) = self._find([text])
            return _spans(text, spans)
        except _NoSpans:
            return _STRANGE
        except Exception as error:
            # Its message may quote the text: only its kind and place are told.
            return f"its function raised {type(error).__name__}{_place(error)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Function) and (self._find, self._many) == (other._find, other._many)

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._find, self._many)


def _restore(find: Callable[..., Any], many: bool) -> Function:
    return Function(find, many=many)


class _NoSpans(Exception):
    """What a function gave is no list of spans."""


def _spans(text: str, spans: Iterable[Span]) -> list[tuple[int, int, str]]:
    checked = []
    for span in spans:
        try:
            start, end, *sure = span
            claim = sure[0] if sure else "likely"
            if not 0 <= start < end <= len(text) or len(sure) > 1 or claim not in ("likely", "certain"):
                raise _NoSpans
            checked.append((int(start), int(end), str(claim)))
        except (TypeError, ValueError):
            raise _NoSpans from None
    return checked


def _place(error: BaseException) -> str:
    """The file and line where it was raised."""
    import os

    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f" ({os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno})"
