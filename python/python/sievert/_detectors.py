"""The catalogue: what can be found, and how each detector decides."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from . import _native
from ._errors import PolicyError


class Detector(NamedTuple):
    """A type of sensitive data that Sievert finds."""

    id: str
    """``place.name``: ``"nl.bsn"``, ``"global.email"``."""
    title: str
    """The official name."""
    about: str
    """What it is, how it is told from noise, what is not covered."""
    category: str
    """The group that policies name as ``category:...``."""
    placeholder: str
    """What stands in ``<...>`` when a finding is replaced."""
    needs_context: bool
    """Whether a label, a context word, the field's name or the rest of its column must speak for a value."""
    chance: float
    """The share of random values of this shape that pass the checksum; 0: there is no checksum."""
    labels: tuple[str, ...]
    """Unambiguous names of the value."""
    context: tuple[str, ...]
    """Words that speak for a value when they stand near."""
    aliases: tuple[str, ...]
    """Other names that policies may use."""
    examples: tuple[str, ...]
    """Texts in which it is found; ``[[value]]`` marks it."""
    counter_examples: tuple[str, ...]
    """Texts in which it is not."""
    sources: tuple[str, ...]
    """Where the rule stands."""

    def __repr__(self) -> str:
        return f"<sievert.Detector {self.id}: {self.title}>"

    @property
    def country(self) -> str:
        """The part of the id before the dot: an ISO 3166 code, or ``global``, ``health``, ``secret``."""
        return self.id.partition(".")[0]


@cache
def _all() -> tuple[Detector, ...]:
    return tuple(Detector(**fields) for fields in _native.detectors())


def detectors(country: str | None = None, category: str | None = None) -> list[Detector]:
    """The built-in detectors, sorted by id.

    ``country`` is an ISO 3166 alpha-2 code (or ``"global"``, ``"health"``, ``"secret"``), in any case; ``category``
    is a group such as ``"credential"``. An unknown word is a ``ValueError`` that lists the known ones.

    >>> import sievert
    >>> sievert.detectors(country="nl")
    [<sievert.Detector nl.bsn: Burgerservicenummer>]
    """
    chosen = list(_all())
    for name, wanted in (("country", country), ("category", category)):
        if wanted is None:
            continue
        if not isinstance(wanted, str):
            raise TypeError(f"{name} is {type(wanted).__name__}; it takes a str, or None for all")
        known = sorted({getattr(detector, name) for detector in _all()})
        if wanted.lower() not in known:
            raise ValueError(f"no {name} {wanted!r}; there is {', '.join(known)}")
        chosen = [detector for detector in chosen if getattr(detector, name) == wanted.lower()]
    return chosen


def explain(id: str) -> str:
    """How a detector decides, as text to read. ``id`` may be an alias, in any case.

    >>> import sievert
    >>> print(sievert.explain("nl.bsn").splitlines()[0])
    nl.bsn  Burgerservicenummer
    """
    if not isinstance(id, str):
        raise TypeError(f"id is {type(id).__name__}; it takes the id of a detector, such as \"nl.bsn\"")
    text = _native.explain(id)
    if text is None:
        # The plan knows what was probably meant, and says so; a group such as country:nl is known to it.
        _native.Plan(None, "policy", [id], None, [])
        raise PolicyError(f"{id} names more than one detector; see sievert.detectors()")
    return text
