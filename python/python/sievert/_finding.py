"""Findings: where, what, how sure, and why. Never the text itself."""

from __future__ import annotations

from typing import Literal, NamedTuple

Confidence = Literal["possible", "likely", "certain"]


class Finding(NamedTuple):
    """One place in a text that a detector vouches for.

    >>> import sievert
    >>> text = "Write to anna@example.org"
    >>> found = sievert.scan_text(text)[0]
    >>> found.detector, found.confidence, text[found.start:found.end]
    ('global.email', 'certain', 'anna@example.org')
    """

    detector: str
    """The detector's id, such as ``"nl.bsn"``."""
    start: int
    """Where it begins: an index into the ``str``, in code points."""
    end: int
    """Where it ends, exclusive."""
    confidence: Confidence
    """``"possible"``: its shape alone; ``"likely"``: one independent proof; ``"certain"``: two, or an unmistakable one."""
    why: tuple[str, ...]
    """What speaks for it: ``"checksum"``, ``"label"``, ``"context"``, ``"field"``, ``"column"``, ``"recognized"`` (a function of
    the policy says so), ..."""
