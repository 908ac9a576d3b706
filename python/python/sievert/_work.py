"""The batch function behind every pipeline and cluster: it travels as a policy and works where it arrives."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from typing import Any, NamedTuple

from . import _native
from ._errors import IncompleteError, PolicyError
from ._frames import Opened, findings_frame, redact_frame, scan_frame
from ._policy import PolicyLike
from ._report import Report
from ._scanner import OnIncomplete, Scanner, complete, either, frame_of, gaps, logged, scanner_of


class Identity(NamedTuple):
    """What scanners of one job have in common, wherever they are built: what others make does not fit theirs."""

    version: str
    plan: str
    key: str
    """What tells the key from another, and nothing about it."""

    @classmethod
    def of(cls, scanner: Scanner) -> Identity:
        """That of a scanner."""
        return cls(_native.__version__, scanner.plan_hash, scanner._plan.key_id)


class Work:
    """What is to be done with batches, in this process or in others.

    It pickles as its policy, which names where the key is and never holds it. Every process that gets it fetches the key
    there, builds the scanner once, and works with one thread: engines run as many processes as there are cores.
    """

    def __init__(self, policy: PolicyLike | Scanner = None, *, on_incomplete: OnIncomplete = "raise") -> None:
        scanner = scanner_of(policy)  # what is wrong with it is said here, not in a process far away
        self._made_of = scanner._made_of
        self._identity = Identity.of(scanner)
        self._on_incomplete: OnIncomplete = either(on_incomplete)

    @property
    def scanner(self) -> Scanner:
        """The scanner of this process."""
        return built(self._made_of, self._identity)

    def scan(self, batch: Any, name: str | None = None) -> Report:
        """Counts what is in a frame. ``name`` is what the report calls it, else its type."""
        return logged(scan_frame(self.scanner._plan, _opened(batch, name), threads=1, sample=None))

    def findings(self, batch: Any) -> Any:
        """A row for each finding of a frame, in a frame of the same library."""
        found, report = findings_frame(self.scanner._plan, frame_of(batch), threads=1)
        complete(logged(report), self._on_incomplete)
        return found

    def redact(self, batch: Any, name: str | None = None) -> tuple[Any, Report]:
        """A frame rewritten, of the same type, and what was done."""
        clean, report = redact_frame(self.scanner._plan, _opened(batch, name), threads=1)
        complete(logged(report), self._on_incomplete)
        if clean is None:
            raise IncompleteError(gaps(report), report)
        return clean, report


def _opened(batch: Any, name: str | None) -> Opened:
    opened = frame_of(batch)
    opened.name = name or opened.name
    return opened


@lru_cache(maxsize=16)
def built(made_of: Any, identity: Identity) -> Scanner:
    """The scanner of this process for a job. A key that was changed since makes another identity, hence another scanner."""
    policy, detectors, min_confidence = made_of
    try:
        scanner = Scanner(policy, detectors=detectors, min_confidence=min_confidence)
    except PolicyError as error:
        raise PolicyError(f"{_here()}: {error}") from None
    here = Identity.of(scanner)
    if here.version != identity.version:
        hint = f"sievert is {here.version} here, the job was made with {identity.version}; install the same"
    elif here.key != identity.key:
        hint = f"the key in {scanner._plan.key} is not the one that the job was made with; hand out the same"
    elif here.plan != identity.plan:
        hint = "the policy comes to another plan here; install the same build of sievert"
    else:
        return scanner
    raise PolicyError(f"{_here()}: {hint}")


def _here() -> str:
    """What errors call this process, among those of a cluster."""
    return f"worker {socket.gethostname()}, process {os.getpid()}"
