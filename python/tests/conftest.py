"""What several tests use. No value here is anybody's."""

import csv as csv_files
import json
import signal

import pytest

# What is started in the background of a script is told to ignore Ctrl-C, and passes that on; tests of Ctrl-C need it.
signal.signal(signal.SIGINT, signal.default_int_handler)

EMAIL = "anna@example.org"
CARD = "5555555555554444"


@pytest.fixture
def csv(tmp_path):
    """A small CSV with an address in each row."""
    path = tmp_path / "in" / "people.csv"
    path.parent.mkdir()
    path.write_text("name,email\n" + "".join(f"p{n},p{n}@example.org\n" for n in range(20)))
    return path


KEY = "SIEVERT_TEST_KEY"
"""The name of the variable that holds the key of tests with workers."""
PSEUDONYMS = {
    "key": {"from": f"env:{KEY}"},
    "redact": [{"detectors": ["global.email"], "action": "pseudonym"}, {"detectors": ["*"], "action": "replace"}],
}


def row(number):
    """A row of the data for clusters: people come back, so that their pseudonyms can be compared."""
    return {
        "id": f"row-{number}",
        "email": f"p{number % 7}@example.org",
        "note": f'said "call me", then: card {CARD}, from 10.1.{number % 200}.7' if number % 3 else "nothing",
        "visits": number % 11,
        "messages": [{"role": "user", "content": f"write to p{number % 5}@example.org\nor not"}],
    }


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Parquet, JSON Lines and CSV (without what is nested), two files of each, and no row twice."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path_factory.mktemp("raw")
    for part in range(6):
        rows = [row(number) for number in range(part * 100, part * 100 + 100)]
        if part < 2:
            pq.write_table(pa.Table.from_pylist(rows), path / f"{part}.parquet")
        elif part < 4:
            (path / f"{part}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        else:
            with open(path / f"{part}.csv", "w", newline="") as file:
                flat = [{name: row[name] for name in ("id", "email", "note", "visits")} for row in rows]
                writer = csv_files.DictWriter(file, flat[0])
                writer.writeheader()
                writer.writerows(flat)
    return path


def rows(folder):
    """All rows of a folder of Parquet, JSON Lines and CSV, by their id; numbers of CSV as text."""
    import pyarrow.parquet as pq

    read = []
    for path in folder.rglob("*.*"):
        if path.suffix == ".parquet":
            read += pq.read_table(path).to_pylist()
        elif path.suffix in (".jsonl", ".json"):
            read += [json.loads(line) for line in path.read_text().splitlines()]
        elif path.suffix == ".csv":
            with open(path, newline="") as file:
                read += csv_files.DictReader(file)
    assert len({row["id"] for row in read}) == len(read)
    return {row["id"]: row for row in read}


def counts(report):
    """What two reports of the same work agree on, however it was cut."""
    about = report.to_dict()
    levels = ("certain", "likely", "possible")
    fields = {
        name: {id: [found[level] for level in levels] for id, found in field["detectors"].items()}
        for name, field in about["fields"].items()
    }
    return about["plan"]["hash"], about["ledger"]["records"], about["ledger"]["cells"], fields, about["actions"]
