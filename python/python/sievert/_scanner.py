"""The flow of the package: a policy becomes a scanner, a scanner works on texts and on files."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, overload

from . import _native
from ._errors import IncompleteError, IncompleteWarning, StoreError
from ._finding import Confidence, Finding
from ._policy import Policy, PolicyLike
from ._progress import Bar
from ._report import Report, merge

if TYPE_CHECKING:
    from pathlib import Path

    from ._frames import Opened

OnIncomplete = Literal["raise", "warn"]
Text = TypeVar("Text", str, Union[str, None])
Frame = TypeVar("Frame")
"""What comes back is of the type that went in; what only exports Arrow records comes back as something that does."""


class Scanner:
    """A policy made ready to work. Build it once: it holds the compiled detectors.

    ``detectors`` are selectors (ids, globs, ``"country:nl"``, ``"category:credential"``) in place of the policy's;
    ``min_confidence`` is ``"possible"``, ``"likely"`` or ``"certain"``: what is below is neither reported nor
    rewritten. Threads and forked processes may share a scanner. It pickles as its policy, which names where the key is
    and never holds it: whoever unpickles it fetches the key there.

    >>> import sievert
    >>> scanner = sievert.Scanner(detectors=["global.email"])
    >>> scanner.redact_text("anna@example.org called from 10.0.0.1")
    '<EMAIL> called from 10.0.0.1'
    """

    __slots__ = ("_made_of", "_plan")
    _plan: _native.Plan
    _made_of: tuple[Policy, tuple[str, ...], Confidence | None]

    def __init__(
        self,
        policy: PolicyLike = None,
        *,
        detectors: Iterable[str] | None = None,
        min_confidence: Confidence | None = None,
    ) -> None:
        if isinstance(detectors, str):
            raise TypeError("detectors is a str; it takes several selectors: detectors=[...]")
        chosen = tuple(detectors or ())
        for selector in chosen:
            if not isinstance(selector, str):
                raise TypeError(f"detectors holds {type(selector).__name__}; it takes ids and other selectors as str")
        if min_confidence not in (None, "possible", "likely", "certain"):
            raise ValueError(f"min_confidence is {min_confidence!r}; it takes 'possible', 'likely' or 'certain'")
        self._made_of = (Policy.of(policy), chosen, min_confidence)
        written, selectors, confidence = self._made_of
        self._plan = written._plan(selectors, confidence)

    @property
    def policy(self) -> Policy:
        """The policy that the scanner was made of."""
        return self._made_of[0]

    @property
    def plan_hash(self) -> str:
        """SHA-256 over everything that decides what is found and what is done; reports carry it."""
        return self._plan.hash

    @property
    def looked_for(self) -> list[str]:
        """The ids of the detectors that are on."""
        return self._plan.looked_for

    @property
    def not_looked_for(self) -> list[str]:
        """What this build or plan cannot find: names, places, ..., and the ids of detectors that are off."""
        return self._plan.not_looked_for

    def show(self) -> str:
        """The plan as resolved, as text."""
        return self._plan.show()

    def scan_text(self, text: str, *, field: str = "") -> list[Finding]:
        """The findings of a text, by their start. ``field`` is the name of the column or key that it stands in, where
        there is one: it counts as evidence."""
        if not isinstance(text, str):
            raise _no_text(text)
        return self._plan.scan_texts((text,), field)[0]

    def redact_text(self, text: str, *, field: str = "") -> str:
        """The text rewritten as the policy says; the very same object where nothing changes, empty where the policy
        drops the cell or record."""
        if not isinstance(text, str):
            raise _no_text(text)
        return self._plan.redact_texts((text,), field)[0]

    def scan_texts(self, texts: Iterable[str | None], *, field: str = "") -> list[list[Finding]]:
        """:meth:`scan_text` of many texts at once, in one call into Rust. ``None`` has no findings."""
        _many(texts)
        return self._plan.scan_texts(texts, field)

    def redact_texts(self, texts: Iterable[Text], *, field: str = "") -> list[Text]:
        """:meth:`redact_text` of many texts at once, in one call into Rust. ``None`` stays."""
        _many(texts)
        return self._plan.redact_texts(texts, field)

    def scan(
        self,
        data: Any,
        *,
        since: str | os.PathLike[str] | None = None,
        sample: str | int | None = None,
        threads: int | None = None,
    ) -> Report:
        """See :func:`sievert.scan`."""
        if since is not None and sample is not None:
            raise ValueError("since leaves what is unchanged unread, and a sample draws from all; pass one of them")
        if not isinstance(sample, (str, int, type(None))):
            raise TypeError(f'sample is {type(sample).__name__}; it takes a share such as "1%", or a number of rows')
        size = f"rows={sample}" if isinstance(sample, int) else sample
        threads = _number(threads)
        inputs = _inputs(data)
        if inputs is None:
            if since is not None:
                raise ValueError("since: a frame has no time or tag to tell whether it is unchanged; scan files")
            from ._frames import parts_of, scan_frame

            parts = parts_of(data)
            if parts is not None:
                return merge(self.scan(part, sample=sample, threads=threads) for part in parts.values())
            return logged(scan_frame(self._plan, frame_of(data, _FILES), threads, size))
        with Bar() as bar:
            json = _native.scan_files(
                self._plan, inputs=inputs, since=since, sample=size, threads=threads, progress=bar
            )
        return logged(Report(json))

    def findings(self, data: Any, *, threads: int | None = None) -> Any:
        """See :func:`sievert.findings`."""
        found, report = self._findings(data, _number(threads))
        complete(report, "warn")
        return found

    def _findings(self, data: Any, threads: int | None = None) -> tuple[Any, Report]:
        from ._frames import findings_frame, parts_of

        parts = parts_of(data)
        if parts is not None:
            done = {name: self._findings(part, threads) for name, part in parts.items()}
            return type(data)({name: found for name, (found, _) in done.items()}), merge(r for _, r in done.values())
        found, report = findings_frame(self._plan, frame_of(data), threads)
        return found, logged(report)

    @overload
    def redact(
        self,
        data: Frame,
        *,
        return_report: Literal[False] = False,
        on_incomplete: OnIncomplete = "raise",
        threads: int | None = None,
    ) -> Frame: ...
    @overload
    def redact(
        self,
        data: Frame,
        *,
        return_report: Literal[True],
        on_incomplete: OnIncomplete = "raise",
        threads: int | None = None,
    ) -> tuple[Frame, Report]: ...
    def redact(
        self,
        data: Any,
        *,
        return_report: bool = False,
        on_incomplete: OnIncomplete = "raise",
        threads: int | None = None,
    ) -> Any:
        """See :func:`sievert.redact`."""
        from ._frames import parts_of, redact_frame

        threads = _number(threads)
        parts = parts_of(data)
        if parts is None:
            clean, report = redact_frame(self._plan, frame_of(data), threads)
            broken = clean is None
        else:
            done = {name: redact_frame(self._plan, frame_of(part), threads) for name, part in parts.items()}
            clean, report = type(data)({name: new for name, (new, _) in done.items()}), merge(r for _, r in done.values())
            broken = any(new is None for new, _ in done.values())
        complete(logged(report), on_incomplete)
        if broken:
            raise IncompleteError(gaps(report), report)
        return (clean, report) if return_report else clean

    def redact_file(
        self,
        src: str | os.PathLike[str],
        dst: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        threads: int | None = None,
        on_incomplete: OnIncomplete = "raise",
    ) -> Report:
        """See :func:`sievert.redact_file`."""
        import shutil
        import tempfile
        from pathlib import Path

        for place in (src, dst):
            if "://" in os.fspath(place):
                shown = self.redact_text(os.fspath(place))
                raise StoreError(f"{shown} is a URL; name a path, or redact stores with the `sievert` command")
        src, dst, threads = Path(src), Path(dst), _number(threads)
        if not src.exists():
            raise StoreError(f"{self.redact_text(os.fspath(src))}: not found; name a file or a folder, and no glob")
        beside = dst.with_name(dst.name + ".sievert")
        if src.is_dir():
            report = self._redact_files(src, dst, beside, overwrite, threads)
        else:
            if dst.is_dir():
                raise StoreError(f"{dst} is a folder; name the file to write")
            if dst.exists() and not overwrite:
                raise StoreError(f"{dst} exists; choose another name or pass overwrite=True")
            # A run writes into folders under the name of its input: temporary ones, beside the place to be.
            dst.parent.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=f".{dst.name}.", dir=dst.parent))
            try:
                out, state = temporary / "out", temporary / "state"
                report = self._redact_files(src, out, state, overwrite, threads)
                raw = state / "quarantine" / src.name
                if raw.exists():
                    (beside / "quarantine").mkdir(parents=True, exist_ok=True)
                    os.replace(raw, beside / "quarantine" / src.name)
                if (out / src.name).exists():
                    os.replace(out / src.name, dst)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
        complete(report, on_incomplete)
        return report

    def _redact_files(self, src: Path, folder: Path, state: Path, overwrite: bool, threads: int | None) -> Report:
        with Bar() as bar:
            json = _native.redact_files(
                self._plan,
                inputs=[os.fspath(src)],
                folder=folder,
                state=state,
                overwrite=overwrite,
                threads=threads,
                progress=bar,
            )
        return logged(Report(json))

    def __repr__(self) -> str:
        return f"<sievert.Scanner {self.policy._file}, {len(self.looked_for)} detectors>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, self._made_of


def _many(texts: object) -> None:
    """A ``str`` holds many too, a character each, in which nothing is ever found."""
    if isinstance(texts, str):
        raise TypeError("texts is a str; scan_text and redact_text take one, these take a list of them")


def _number(threads: int | None) -> int | None:
    """The number of threads, if it is one that can be started."""
    if threads is not None and not (isinstance(threads, int) and 1 <= threads <= 1024):
        raise ValueError(f"threads is {threads!r}; it takes a number from 1 to 1024, or None for one a processor")
    return threads


def _no_text(thing: object) -> TypeError:
    many = "a column goes to sievert.redact as it is, a list to redact_texts of a Scanner"
    return TypeError(f"text is {type(thing).__name__}; it takes a str, and nothing that is missing: {many}")


def _restore(policy: Policy, detectors: tuple[str, ...], min_confidence: Confidence | None) -> Scanner:
    return Scanner(policy, detectors=detectors, min_confidence=min_confidence)


class _Keyed(Exception):
    """A scanner with a key is not kept: the key may be another one at the next call."""

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner


@lru_cache(maxsize=16)
def _kept(policy: Policy) -> Scanner:
    scanner = Scanner(policy)
    if scanner._plan.key != "none":
        raise _Keyed(scanner)
    return scanner


@lru_cache(maxsize=1)
def _default() -> Scanner:
    return Scanner()


def scanner_of(policy: PolicyLike | Scanner) -> Scanner:
    """The scanner of a policy; one without a key is built once and kept."""
    if policy is None:
        return _default()
    if isinstance(policy, Scanner):
        return policy
    try:
        return _kept(Policy.of(policy))
    except _Keyed as keyed:
        return keyed.scanner


def scan_text(text: str, *, policy: PolicyLike | Scanner = None, field: str = "") -> list[Finding]:
    """The findings of a text, by their start. Offsets are indices into the ``str``.

    ``field`` is the name of the column or key that the text stands in, where there is one: it counts as evidence.

    >>> import sievert
    >>> [(f.detector, f.confidence) for f in sievert.scan_text("Write to anna@example.org")]
    [('global.email', 'certain')]
    """
    return scanner_of(policy).scan_text(text, field=field)


def redact_text(text: str, *, policy: PolicyLike | Scanner = None, field: str = "") -> str:
    """The text rewritten as the policy says; the very same object where nothing changes.

    A policy that drops the cell or the record leaves the empty text.

    >>> import sievert
    >>> sievert.redact_text("Write to anna@example.org")
    'Write to <EMAIL>'
    """
    return scanner_of(policy).redact_text(text, field=field)


def scan(
    data: Any,
    *,
    policy: PolicyLike | Scanner = None,
    since: str | os.PathLike[str] | None = None,
    sample: str | int | None = None,
    threads: int | None = None,
) -> Report:
    """Counts what is in files (a path, folder, glob or URI, or a list of them) or in a frame.

    A frame is what pandas, polars or pyarrow make, a dataset of Hugging Face or its splits, or anything that exports
    Arrow records. What cannot be read does not stop the run: it stands in :attr:`Report.not_examined`.

    ``since`` is the path or URI of a report of an earlier scan with ``since``, as :meth:`Report.save` writes it: files
    that are unchanged since are not read again and count as they did then, unless the policy or the version of the
    package is another. The first time there is no such file yet, and all are read.

    ``sample`` is the share of the records to look at, ``"1%"``, or about how many, ``10_000``; the same ones each time.
    ``report.to_dict()["sample"]`` then says of each detector in which share of all records it is at most. ``"files=1%"``
    and ``"files=100"`` read some of the files and no other, and say it of files.
    """
    return scanner_of(policy).scan(data, since=since, sample=sample, threads=threads)


def findings(data: Any, *, policy: PolicyLike | Scanner = None, threads: int | None = None) -> Any:
    """A row for each finding of a frame, in a frame of the same library: row label, field, start, end (code points of
    the cell's text), detector, confidence, why. Never the value: a label that is one stands there rewritten. Warns where
    something was not examined."""
    return scanner_of(policy).findings(data, threads=threads)


@overload
def redact(
    data: Frame,
    *,
    policy: PolicyLike | Scanner = None,
    return_report: Literal[False] = False,
    on_incomplete: OnIncomplete = "raise",
    threads: int | None = None,
) -> Frame: ...
@overload
def redact(
    data: Frame,
    *,
    policy: PolicyLike | Scanner = None,
    return_report: Literal[True],
    on_incomplete: OnIncomplete = "raise",
    threads: int | None = None,
) -> tuple[Frame, Report]: ...
def redact(
    data: Any,
    *,
    policy: PolicyLike | Scanner = None,
    return_report: bool = False,
    on_incomplete: OnIncomplete = "raise",
    threads: int | None = None,
) -> Any:
    """The frame rewritten as the policy says: of the same type, the input as it was.

    With ``return_report=True`` a pair, ``(clean, report)``. Columns in which nothing was found are passed on without a
    copy. Where anything was not examined, raises :class:`IncompleteError`; ``on_incomplete="warn"`` warns instead and
    hands the frame back with what was not examined as it was.
    """
    scanner = scanner_of(policy)
    how: dict[str, Any] = {"return_report": return_report, "on_incomplete": on_incomplete, "threads": threads}
    return scanner.redact(data, **how)


def redact_file(
    src: str | os.PathLike[str],
    dst: str | os.PathLike[str],
    *,
    policy: PolicyLike | Scanner = None,
    overwrite: bool = False,
    threads: int | None = None,
    on_incomplete: OnIncomplete = "raise",
) -> Report:
    """Writes a safe copy of a file to ``dst``, or of the files of a folder into the folder ``dst``.

    Records that cannot be parsed are left out and stand, raw, in ``dst.sievert/quarantine`` for their owner alone. Where
    anything was not examined, what could be written stands in ``dst`` and :class:`IncompleteError` is raised, with the
    report; ``on_incomplete="warn"`` warns instead.
    """
    return scanner_of(policy).redact_file(
        src, dst, overwrite=overwrite, threads=threads, on_incomplete=on_incomplete
    )


def either(on_incomplete: OnIncomplete) -> OnIncomplete:
    """The choice, if it is one."""
    if on_incomplete not in ("raise", "warn"):
        raise ValueError(f"on_incomplete is {on_incomplete!r}; it takes 'raise' or 'warn'")
    return on_incomplete


def complete(report: Report, on_incomplete: OnIncomplete) -> None:
    """Raises or warns where a report is not complete."""
    either(on_incomplete)
    if report.complete:
        return
    message = gaps(report)
    if on_incomplete == "raise":
        raise IncompleteError(message, report)
    warnings.warn(message, IncompleteWarning, stacklevel=4)


def gaps(report: Report) -> str:
    """What an error says of a report that is not complete."""
    gaps = report.not_examined
    first = gaps[0]
    place = first["object"] + (f", record {first['record']}" if "record" in first else "")
    more = f", and {len(gaps) - 1 + report.to_dict()['not_examined_more']} more" if len(gaps) > 1 else ""
    return f"not everything was examined: {place}: {first['reason']}{more} (report.not_examined lists them)"


def _inputs(data: Any) -> list[str] | None:
    """Files, folders and globs as the main job takes them; ``None`` where the data is something else."""
    if isinstance(data, (str, os.PathLike)):
        data = [data]
    if isinstance(data, Sequence) and data and all(isinstance(item, (str, os.PathLike)) for item in data):
        return [os.fspath(item) for item in data]
    return None


_FRAMES = "a frame of pandas, polars or pyarrow, a dataset, or anything that exports Arrow records"
_OTHERS = "; texts are for scan_text and redact_text, files for scan and redact_file"
_LISTS = "; lists of texts are for scan_texts and redact_texts of a Scanner, lists of rows for pandas.DataFrame first"
_FILES = "a path, folder, glob or URI, or a list of them; or " + _FRAMES


def frame_of(data: Any, accepted: str = _FRAMES) -> Opened:
    """The frame made ready; a ``TypeError`` where the data is none."""
    from ._frames import open_frame

    opened = open_frame(data)
    if opened is None:
        others = _OTHERS if isinstance(data, (str, os.PathLike)) else _LISTS if isinstance(data, (list, tuple)) else ""
        raise TypeError(f"data is {type(data).__name__}; it takes {accepted}{others}")
    return opened


def logged(report: Report) -> Report:
    """Tells the log what was done, and what was not."""
    import logging

    log = logging.getLogger("sievert")
    about = report.to_dict()
    objects, records = about["ledger"]["objects"]["total"], about["ledger"]["records"]["total"]
    log.info("%s: %d objects, %d records, %d findings", about["command"], objects, records, report.findings)
    for gap in report.not_examined:
        log.warning("not examined: %s: %s", gap["object"], gap["reason"])
    return report
