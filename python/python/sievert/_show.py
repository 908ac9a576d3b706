"""Findings as people see them in a notebook: highlighted, masked unless asked. HTML without scripts or links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._finding import Finding
from ._policy import PolicyLike
from ._report import Report
from ._scanner import Scanner, scanner_of

_REACH = 60
"""Characters shown on either side of a finding."""

_LEVELS = ("certain", "likely", "possible")
STYLE = """
<style>
.sievert { font: 13px/1.5 system-ui, sans-serif; color: inherit; max-width: 960px }
.sievert table { font: inherit; color: inherit; border-collapse: collapse; margin: 6px 0 10px; font-variant-numeric: tabular-nums }
.sievert th, .sievert td { text-align: left; padding: 2px 14px 2px 0; border: 0; background: none; vertical-align: top;
  color: inherit }
.sievert th { font-weight: 600; opacity: .7 }
.sievert td.n, .sievert th.n { text-align: right }
.sievert code { font: 12px/1.5 ui-monospace, monospace; color: inherit; background: none; white-space: pre-wrap }
.sievert mark { background: rgba(237, 160, 74, .38); color: inherit; border-radius: 3px; padding: 0 3px }
.sievert mark.certain { background: rgba(226, 88, 78, .38) }
.sievert mark.possible { background: rgba(128, 138, 148, .3) }
.sievert mark small { opacity: .75; padding-left: 4px; font-size: 10px }
.sievert .bar { display: flex; width: 220px; height: 12px; margin-top: 4px; border-radius: 3px; overflow: hidden }
.sievert .bar i { display: block; height: 12px }
.sievert .key { margin-right: 12px } .sievert .key i { display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 4px }
.sievert i.certain { background: #de5b51 }
.sievert i.likely { background: #dd943f }
.sievert i.possible { background: #8b959e }
.sievert .gap { border-left: 3px solid #de5b51; padding-left: 8px; margin: 6px 0 }
.sievert .quiet { opacity: .7 }
</style>
"""
"""Colours that go with light and dark: the page decides, which may not do as the machine does, so text has its colour."""


def escape(text: str) -> str:
    """Text as HTML."""
    import html

    return html.escape(text)


class Shown:
    """Texts with their findings marked: HTML in a notebook, plain text elsewhere."""

    def __init__(self, html: str, text: str) -> None:
        self._html = html
        self._text = text

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        return self._text


def show(data: Any, *, n: int = 20, values: bool = False, policy: PolicyLike | Scanner = None) -> Shown:
    """The findings of a text, a list of texts or the text columns of a frame, with the text around them.

    At most ``n`` texts or cells with findings are shown. Values are masked to their type unless ``values=True``.

    >>> import sievert
    >>> sievert.show("Write to anna@example.org")
    Write to [global.email certain]
    not looked for: names, places, organisations, general dates
    """
    scanner = scanner_of(policy)
    rows = list(_cells(data, scanner, n))
    text = "\n".join(place + _plain(cell, found, values) for place, cell, found in rows)
    lines = "".join(
        f"<tr><td class='quiet'>{escape(place)}</td><td><code>{_marked(cell, found, values)}</code></td></tr>"
        for place, cell, found in rows
    )
    nothing = "" if rows else "<p class='quiet'>Nothing found.</p>"
    beyond = ", ".join(name for name in scanner.not_looked_for if "." not in name)
    off = sum("." in name for name in scanner.not_looked_for)
    beyond += f", and {off} detectors that are off" if off else ""
    foot = f"<p class='quiet'>Not looked for: {escape(beyond)}</p>"
    html = f"{STYLE}<div class='sievert'><table>{lines}</table>{nothing}{foot}</div>"
    return Shown(html, f"{text or 'nothing found'}\nnot looked for: {beyond}")


def _cells(data: Any, scanner: Scanner, n: int) -> Iterable[tuple[str, str, list[Finding]]]:
    """Up to ``n`` cells with findings, each with what it is called."""
    if isinstance(data, str):
        found = scanner.scan_text(data)
        if found:
            yield "", data, found
        return
    if isinstance(data, (list, tuple)) and all(text is None or isinstance(text, str) for text in data):
        for at, (text, found) in enumerate(zip(data, scanner.scan_texts(data))):
            if found and n > 0:
                n -= 1
                yield f"{at}: ", text or "", found
        return
    import pyarrow as pa

    from ._frames import open_frame

    opened = open_frame(data)
    if opened is None:
        raise TypeError(f"data is {type(data).__name__}; it takes a text, a list of texts, or a frame")
    table = pa.table(opened.stream)
    for name, column in zip(table.column_names, table.columns):
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        kind = column.type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
            continue
        row = 0
        for chunk in column.chunks:
            for start in range(0, len(chunk), 4096):
                texts = chunk.slice(start, 4096).to_pylist()
                for text, found in zip(texts, scanner.scan_texts(texts, field=name)):
                    if found:
                        if n <= 0:
                            return
                        n -= 1
                        place = scanner.redact_text(f"{name}[{opened.label(row)}]")  # both can be personal
                        yield f"{place}: ", text, found
                    row += 1


def _parts(cell: str, found: list[Finding]) -> Iterable[tuple[str, Finding | None]]:
    """The text around the findings, and the findings; what is far from any is left out."""
    at = 0
    for number, finding in enumerate(found):
        before = cell[at : finding.start]
        if len(before) > 2 * _REACH:
            before = (before[:_REACH] if number else "") + " … " + before[-_REACH:]
        yield before, None
        yield cell[max(at, finding.start) : finding.end], finding
        at = max(at, finding.end)
    rest = cell[at:]
    yield (rest[:_REACH] + " …" if len(rest) > _REACH else rest), None


def _plain(cell: str, found: list[Finding], values: bool) -> str:
    return "".join(
        text if finding is None else f"[{text + ': ' if values else ''}{finding.detector} {finding.confidence}]"
        for text, finding in _parts(cell, found)
    )


def _marked(cell: str, found: list[Finding], values: bool) -> str:
    out = []
    for text, finding in _parts(cell, found):
        if finding is None:
            out.append(escape(text))
        else:
            why = escape(f"{finding.confidence}: {', '.join(finding.why) or 'its shape'}")
            shown = f"{escape(text)}<small>{finding.detector}</small>" if values else finding.detector
            out.append(f"<mark class='{finding.confidence}' title='{why}'>{shown}</mark>")
    return "".join(out)


def report_html(report: Report) -> str:
    """A report as a notebook shows it: a bar for each type, a table of fields, what was and was not looked at."""
    about = report.to_dict()
    ledger = about["ledger"]
    state = "complete" if report.complete else "<b>incomplete</b>"
    head = f"{ledger['records']['total']:,} records, {ledger['cells']['scanned']:,} cells, {state}"
    if about.get("sample"):
        head += f", a sample of {about['sample']['records']:,} records"
    counts = sorted(report.by_detector().items(), key=lambda item: -_total(item[1]))
    most = max((_total(found) for _, found in counts), default=1)
    bars = "".join(
        f"<tr><td>{escape(id)}</td><td>{_bar(found, most)}</td><td class='n'>{_total(found):,}</td>"
        f"<td><code>{escape(found['shape'])}</code></td></tr>"
        for id, found in counts
    )
    fields = "".join(
        f"<tr><td>{escape(row['field'])}</td><td>{escape(row['detector'])}</td><td class='n'>{row['certain']:,}</td>"
        f"<td class='n'>{row['likely']:,}</td><td class='n'>{row['possible']:,}</td><td class='n'>{row['cells']:,}</td>"
        f"<td class='n'>{row['of']:,}</td></tr>"
        for row in sorted(report.rows(), key=lambda row: -row["cells"])[:20]
    )
    gaps = "".join(
        f"<div class='gap'>not examined: {escape(gap['object'])}: {escape(gap['reason'])}</div>"
        for gap in report.not_examined[:10]
    )
    off = [name for name in report.not_looked_for if "." in name]
    beyond = ", ".join(name for name in report.not_looked_for if "." not in name)
    more = f", and {len(off)} detectors that are off" if off else ""
    titles = "".join(f"<th class='n'>{title}</th>" for title in (*_LEVELS, "cells", "of"))
    key = "".join(f"<span class='key quiet'><i class='{level}'></i>{level}</span>" for level in _LEVELS)
    found = f"<div>{key}</div><table>{bars}</table>" if bars else "<p>Nothing found.</p>"
    where = f"<table><tr><th>field</th><th>detector</th>{titles}</tr>{fields}</table>" if fields else ""
    return (
        f"{STYLE}<div class='sievert'><b>Sievert {escape(about['command'])}</b> "
        f"<span class='quiet'>{head}</span>{gaps}{found}{where}"
        f"<p class='quiet'>Not looked for: {escape(beyond + more)}</p></div>"
    )


def _bar(found: dict[str, Any], most: int) -> str:
    widths = ((level, 100 * found[level] / most) for level in _LEVELS)
    parts = "".join(f"<i class='{level}' style='width:{width:.1f}%'></i>" for level, width in widths if width)
    return f"<div class='bar'>{parts}</div>"


def _total(counts: dict[str, Any]) -> int:
    return int(counts["certain"] + counts["likely"] + counts["possible"])
