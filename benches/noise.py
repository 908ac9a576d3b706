#!/usr/bin/env python3
"""How often detectors cry wolf: findings a MB in files of this machine that are public and hold next to no personal data.

Source of dependencies, READMEs, JSON files and package documentation are looked up at run time; each kind is capped,
and what is taken of a kind depends on the names of its files alone. Findings at Likely and above are counted.
Personal URLs, mail addresses and network addresses are left out: they are right more often than not in such files.
Exits with 1 when a kind is over the bar. No value is printed, only where findings stand.

    cargo build --release && python3 benches/noise.py target/release/sievert
"""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import site
import subprocess
import sys
import sysconfig
import tempfile

BAR = 5.0  # findings a MB, for each kind
NOT_NOISE = {"global.url", "global.email", "global.ipv4", "global.ipv6", "global.mac"}
SOURCE = {".rs", ".c", ".h", ".cc", ".cpp", ".hpp", ".py", ".js", ".ts", ".go", ".java", ".s", ".toml", ".sh"}
DOCUMENTS = {".txt", ".md", ".rst", ".html", ".adoc"}


def folders():
    """Where packages of several languages lie, without repeats."""
    cargo = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo")) / "registry" / "src"
    python = [sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), *site.getsitepackages()]
    # Sister installations of a version manager lie beside this one.
    prefix = pathlib.Path(sys.base_prefix)
    if prefix.parent.name == "versions":
        python += prefix.parent.glob("*/lib/python*/site-packages")
    node = ["/usr/lib/node_modules", "/usr/local/lib/node_modules", "/usr/share/nodejs"]
    share = ["/usr/share/doc", "/usr/share"]
    rest = {str(pathlib.Path(folder)) for folder in [*python, *node, *share] if os.path.isdir(folder)}
    return str(cargo), sorted(rest)


def kinds_of(path, cargo):
    """The kinds that a file is of."""
    name, ending = path.name.lower(), path.suffix.lower()
    if path.is_relative_to(cargo) and ending in SOURCE:
        yield "source of dependencies"
    if name.startswith("readme"):
        yield "READMEs"
    elif ending in DOCUMENTS or path.parts[-2].endswith(".dist-info") or "/usr/share/doc/" in str(path):
        yield "package documentation"
    if ending == ".json":
        yield "JSON files"


def look_up():
    cargo, rest = folders()
    kinds, seen = collections.defaultdict(list), set()
    for root in [cargo, *rest]:
        for folder, _, names in os.walk(root):
            for path in (pathlib.Path(folder, name) for name in names):
                real = os.path.realpath(path)
                if real in seen or not os.path.isfile(real):
                    continue
                seen.add(real)
                for kind in kinds_of(path, cargo):
                    kinds[kind].append(path)
    return kinds


def choose(paths, cap):
    """Whole files up to the cap, in an order that mixes packages and is the same every time."""
    taken, size = [], 0
    for path in sorted(paths, key=lambda path: hashlib.sha256(str(path).encode()).digest()):
        length = path.stat().st_size
        if 0 < length <= cap - size:
            taken.append(path)
            size += length
    return taken


def scan(program, paths, shown):
    """Scans links to the files under numbered names, so that no name hides a file; decoded bytes and findings."""
    with tempfile.TemporaryDirectory() as folder:
        data, findings, report = (os.path.join(folder, name) for name in ("data", "findings.jsonl", "report.json"))
        os.mkdir(data)
        for number, path in enumerate(paths):
            os.symlink(path, os.path.join(data, f"{number:06}-{path.name}"))
        done = subprocess.run(
            [program, "scan", data, "--min-confidence", "likely", "--findings", findings, "--report", report, "--quiet"],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode not in (0, 1, 3):
            sys.exit(f"{program} could not run: {done.stderr}")
        with open(report) as file:
            scanned = json.load(file)["ledger"]["bytes"]["scanned"]
        if not scanned:
            sys.exit(f"{program} examined nothing")
        by_detector = collections.defaultdict(list)
        with open(findings) as file:
            for row in map(json.loads, file):
                if row["detector"] not in NOT_NOISE:
                    path = paths[int(row["object"][:6])]
                    by_detector[row["detector"]].append(
                        f"{path}:{row.get('line') or row['record']}  {row['field']}  {row['confidence']} {row['why']}")
        return scanned / 1e6, by_detector


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the sievert program, built with --release")
    parser.add_argument("--cap", type=float, default=40, help="MB of each kind (40)")
    parser.add_argument("--places", type=int, default=0, help="show so many places of each detector")
    args = parser.parse_args()
    over = False
    kinds = look_up()
    for kind in ("source of dependencies", "READMEs", "JSON files", "package documentation"):
        paths = choose(kinds[kind], args.cap * 1e6)
        if not paths:
            print(f"{kind:24} none on this machine")
            continue
        size, found = scan(args.program, paths, args.places)
        count = sum(map(len, found.values()))
        over |= count / size > BAR
        print(f"{kind:24} {len(paths):6} files {size:7.1f} MB {count:6} findings {count / size:7.2f} a MB (bar {BAR:g})")
        for detector, places in sorted(found.items(), key=lambda item: -len(item[1]))[:8]:
            print(f"    {detector:28} {len(places):6}  {len(places) / size:6.2f} a MB")
            for place in places[:: max(1, len(places) // args.places) if args.places else 1][: args.places]:
                print(f"        {place}")
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
