"""What going through Python costs, in ratios to Rust on the same data; and Sievert beside what people do without it.

    python python/benches/figures.py [NAME...]

Uses the installed package (build it with optimisation: `pip install ./python`), one thread each, the fastest of some
rounds. The Rust side of texts is `crates/sievert/examples/lines.rs`, built here by cargo; that of frames is the run inside
the very call, by the report's own clock. Presidio is measured where it is installed. Exits 1 where a count is not the
one in `figures.toml`.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import sievert

HERE = Path(__file__).parent
BENCHES = tomllib.loads((HERE / "figures.toml").read_text())
COMMAND = Path(sys.executable).with_name("sievert")
wrong: list[str] = []


def fastest(work: Callable[[], Any], rounds: int = 3) -> tuple[float, Any]:
    """Seconds of the fastest round, and what it gave."""

    def once() -> tuple[float, Any]:
        started = time.perf_counter()
        result = work()
        return time.perf_counter() - started, result

    return min((once() for _ in range(rounds)), key=lambda done: done[0])


def expect(bench: str, what: str, found: int) -> None:
    expected = BENCHES[bench][what]
    if found != expected:
        wrong.append(f"{bench}: {what} = {found}, expected {expected}")


def say(name: str, value: str) -> None:
    print(f"{name:<64}{value:>16}", flush=True)


def sample(folder: Path, rows: int) -> Path:
    """The folder with a sample of so many records."""
    made = folder / str(rows)
    if not made.exists():
        subprocess.run([COMMAND, "sample", "--out", made, "--rows", str(rows)], check=True, capture_output=True)
    return made


def rust(folder: Path, lines: list[str]) -> dict[str, float]:
    path = folder / "lines.txt"
    path.write_text("".join(line + "\n" for line in lines))
    command = ["cargo", "run", "--quiet", "--release", "-p", "sievert", "--features", "clouds", "--example", "lines"]
    done = subprocess.run([*command, "--", path], check=True, capture_output=True, cwd=HERE)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def start(folder: Path) -> None:
    def process(code: str) -> float:
        return fastest(lambda: subprocess.run([sys.executable, "-c", code], check=True), 10)[0]

    taken = process("import sievert") - process("pass")
    say("import sievert (bar: 60 ms)", f"{taken * 1e3:.0f} ms")


def text(folder: Path) -> None:
    bench = BENCHES["text"]
    one, calls, scanner = bench["text"], bench["calls"], sievert.Scanner()
    theirs = rust(folder, [one] * calls)
    expect("text", "findings", int(theirs["findings"]))

    def loop() -> None:
        for _ in range(calls):
            scanner.scan_text(one)

    ours, _ = fastest(loop, 5)
    over = (ours - theirs["as_texts"]) / calls * 1e6
    say("scan_text on a short string, over Rust (bar: 3 us)", f"{over:.2f} us")


def cells(folder: Path, count: int) -> Iterator[str]:
    with open(sample(folder, count // 11) / "patients.csv", newline="") as file:
        for row in csv.reader(file):
            yield from (cell.replace("\n", " ") for cell in row if cell)


def strings(folder: Path) -> None:
    bench = BENCHES["strings"]
    texts = list(cells(folder, bench["count"]))[: bench["count"]]
    theirs, scanner = rust(folder, texts), sievert.Scanner()
    ours, found = fastest(lambda: scanner.scan_texts(texts), 5)
    again, clean = fastest(lambda: scanner.redact_texts(texts), 3)
    kept = sum(new is old for new, old in zip(clean, texts))
    expect("strings", "findings", sum(map(len, found)))
    expect("strings", "replaced", len(texts) - kept)
    mean = theirs["bytes"] / theirs["lines"]
    say(f"{len(texts):,} strings of {mean:.0f} bytes: Rust, as cells", f"{theirs['as_cells'] * 1e3:.0f} ms")
    say("  scan_texts, of the Rust figure (bar: 0.7)", f"{theirs['as_cells'] / ours:.2f} x")
    say("  redact_texts (which also rewrites and scans again)", f"{again * 1e3:.0f} ms")


def table(folder: Path) -> None:
    bench = BENCHES["table"]
    path = sample(folder, bench["rows"]) / "patients.csv"
    kinds = dict.fromkeys(pd.read_csv(path, nrows=1).columns, pa.string())
    options = pyarrow.csv.ConvertOptions(column_types=kinds)
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    arrow = pyarrow.csv.read_csv(path, convert_options=options, parse_options=parse)
    scanner = sievert.Scanner()
    frames = {"pyarrow": arrow, "pandas, str": arrow.to_pandas(), "pandas, object": arrow.to_pandas().astype(object)}
    say(f"a table of {bench['rows']:,} rows, {arrow.nbytes / 1e6:.0f} MB, one thread", "")
    for verb, bars in (("scan", (0.9, 0.6, 0.6)), ("redact", (0.9, 0.6, 0.6))):
        inside = 0.0
        for (name, frame), bar in zip(frames.items(), bars):
            if verb == "scan":
                seconds, report = fastest(lambda: scanner.scan(frame, threads=1), 2)
            else:
                redact = lambda: scanner.redact(frame, return_report=True, threads=1)  # noqa: E731
                seconds, (_, report) = fastest(redact, 2)
            expect("table", "findings", report.findings)
            inside = inside or report.to_dict()["seconds"]
            if name == "pyarrow":
                say(f"  {verb}: Rust", f"{arrow.nbytes / 1e6 / inside:.0f} MB/s")
            say(f"  {verb}: {name}, of the Rust figure (bar: {bar})", f"{inside / seconds:.2f} x")


def messages(folder: Path, rows: int) -> list[str]:
    with open(sample(folder, rows) / "tickets.jsonl") as lines:
        return [message["content"] for line in lines for message in json.loads(line)["messages"]]


def presidio(folder: Path) -> None:
    try:
        import spacy
        import tldextract
        from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import NlpEngineProvider
    except ImportError:
        return say("Presidio", "not installed")
    texts: list[str] = []
    for message in messages(folder, 2_000):
        if sum(map(len, texts)) >= BENCHES["presidio"]["bytes"]:
            break
        texts.append(message)
    scanner = sievert.Scanner()
    ours, found = fastest(lambda: scanner.scan_texts(texts))
    expect("presidio", "findings", sum(map(len, found)))
    model = next((name for name in spacy.util.get_installed_models() if name.startswith("en_core_web")), None)
    if model is None:
        return say("Presidio", "no English model of spaCy is installed")
    # Its list of domains comes with it; without a network it would ask for a newer one at every address.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    models = [{"lang_code": "en", "model_name": model}]
    engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(nlp_engine=engine)
    batch = BatchAnalyzerEngine(AnalyzerEngine(registry=registry, nlp_engine=engine))
    theirs, _ = fastest(lambda: list(batch.analyze_iterator(texts, language="en")), 1)
    size = sum(map(len, texts)) / 1e6
    say(f"{size:.1f} MB of messages: Presidio BatchAnalyzerEngine, {model}", f"{theirs:.1f} s")
    say("  scan_texts, times as fast", f"{theirs / ours:.0f} x")


PATTERNS = {
    r"[\w.+-]+@[\w-]+\.[\w.-]+": "<EMAIL>",
    r"\b\d{3}-\d{2}-\d{4}\b": "<SSN>",
    r"\b(?:\d[ -]?){13,16}\b": "<CARD>",
    r"\+?\d{1,2}[ .-]?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b": "<PHONE>",
    r"\b\d{1,3}(?:\.\d{1,3}){3}\b": "<IP>",
}
SAME = ["global.email", "us.ssn", "global.payment_card", "global.phone", "global.ipv4"]


def replace(folder: Path) -> None:
    frame = pd.DataFrame({"message": messages(folder, BENCHES["replace"]["rows"])}, dtype=object)

    def patterns() -> pd.Series:
        column = frame["message"]
        for pattern, new in PATTERNS.items():
            column = column.str.replace(re.compile(pattern), new, regex=True)
        return column

    theirs, _ = fastest(patterns, 2)
    five = sievert.Scanner(detectors=SAME)
    ours, (_, report) = fastest(lambda: five.redact(frame, return_report=True, threads=1), 2)
    expect("replace", "findings", report.findings)
    size = frame["message"].str.len().sum() / 1e6
    say(f"{size:.1f} MB of messages: pandas str.replace, five patterns", f"{theirs:.2f} s")
    say("  redact with these five detectors, times as fast", f"{theirs / ours:.2f} x")
    every, _ = fastest(lambda: sievert.redact(frame, threads=1), 1)
    say(f"  redact with all {len(sievert.detectors())}, times as fast", f"{theirs / every:.2f} x")


def main() -> int:
    every = {"import": start, "text": text, "strings": strings, "table": table, "presidio": presidio, "replace": replace}
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or every:
            every[name](Path(folder))
    for line in wrong:
        print("WRONG  " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
