"""Files and folders, through the main job."""

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import polars as pl
import pyarrow as pa
import pytest
import sievert
from conftest import EMAIL
from sievert import _progress
from sievert import FormatError, IncompleteError, IncompleteWarning, Report, SievertError, StoreError


def test_a_folder_is_scanned_and_counted(csv):
    report = sievert.scan(csv.parent)
    assert report.complete and report.not_examined == []
    assert report.by_detector()["global.email"]["certain"] == 20
    assert report.by_field()["email"]["cells"] == 20
    assert report.findings >= 20
    assert "names" in report.not_looked_for and "global.email" in report.looked_for
    assert report == sievert.Report(report.to_json())
    assert sievert.scan([str(csv)]).by_detector() == report.by_detector()
    assert "p1@" not in report.to_json()


def test_a_file_is_rewritten_and_its_source_is_not_touched(csv, tmp_path):
    before = csv.read_bytes()
    out = tmp_path / "out" / "clean.csv"
    report = sievert.redact_file(csv, out)
    assert csv.read_bytes() == before
    assert out.read_text() == "name,email\n" + "".join(f"p{n},<EMAIL>\n" for n in range(20))
    assert report.to_dict()["actions"]["global.email"] == {"replace": 20}
    assert [p.name for p in out.parent.iterdir()] == ["clean.csv"]


def test_what_exists_is_not_replaced_unasked(csv, tmp_path):
    out = tmp_path / "clean.csv"
    out.write_text("mine")
    with pytest.raises(StoreError, match="overwrite=True"):
        sievert.redact_file(csv, out)
    assert out.read_text() == "mine"
    sievert.redact_file(csv, out, overwrite=True)
    assert "<EMAIL>" in out.read_text()


def test_a_folder_becomes_a_folder(csv, tmp_path):
    out = tmp_path / "clean"
    sievert.redact_file(csv.parent, out)
    assert sorted(p.name for p in out.iterdir()) == ["_SUCCESS", "people.csv"]
    with pytest.raises(StoreError, match="pass overwrite=True"):
        sievert.redact_file(csv.parent, out)


def test_what_is_not_examined_raises_with_the_report(tmp_path):
    broken = tmp_path / "in.jsonl"
    broken.write_text('{"a": "x@example.org"}\n{"a": broken\n')
    out = tmp_path / "out.jsonl"
    with pytest.raises(IncompleteError, match=r"in.jsonl, record 1") as raised:
        sievert.redact_file(broken, out)
    assert not raised.value.report.complete
    assert out.read_text() == '{"a": "<EMAIL>"}\n', "what could be written stands there"
    assert (tmp_path / "out.jsonl.sievert" / "quarantine" / "in.jsonl").stat().st_mode & 0o777 == 0o600
    with pytest.warns(IncompleteWarning):
        report = sievert.redact_file(broken, out, overwrite=True, on_incomplete="warn")
    assert report.not_examined[0]["record"] == 1
    assert pickle.loads(pickle.dumps(raised.value)).report == raised.value.report
    with pytest.raises(ValueError, match="'raise' or 'warn'"):
        sievert.redact_file(broken, out, overwrite=True, on_incomplete="ignore")


def test_errors_of_stores_and_formats_have_their_class(tmp_path):
    with pytest.raises(StoreError, match="not found; check the path"):
        sievert.scan(tmp_path / "nowhere")
    with pytest.raises(TypeError, match="data is int; it takes"):
        sievert.scan(5)
    assert issubclass(StoreError, OSError) and issubclass(FormatError, ValueError)


def test_a_text_in_place_of_a_path_is_not_repeated():
    for work in (sievert.scan, lambda text: sievert.redact_file(text, "clean.txt")):
        with pytest.raises(StoreError, match="write to <EMAIL>: not found") as raised:
            work(f"write to {EMAIL}")
        assert EMAIL not in str(raised.value)
    for work in (sievert.redact, sievert.findings):
        with pytest.raises(TypeError, match="texts are for scan_text and redact_text, files for scan and redact_file"):
            work(f"write to {EMAIL}")


def test_one_file_is_no_glob_and_no_url(csv, tmp_path):
    out = tmp_path / "clean.csv"
    with pytest.raises(StoreError, match="name a file or a folder, and no glob"):
        sievert.redact_file(csv.parent / "*.csv", out)
    for src, dst in ((csv, "s3://bucket/clean.csv"), ("s3://bucket/people.csv", out)):
        with pytest.raises(StoreError, match="is a URL"):
            sievert.redact_file(src, dst)
    assert not out.exists() and not os.path.exists("s3:")


def test_wrong_usages_say_what_is_accepted(csv, tmp_path):
    report = sievert.scan(csv)
    for kind, said, work in (
        (ValueError, "threads is 0; it takes a number from 1 to 1024", lambda: sievert.scan(csv, threads=0)),
        (ValueError, "threads is 1000000;", lambda: sievert.redact_file(csv, "x.csv", threads=1_000_000)),
        (ValueError, "threads is -1;", lambda: sievert.redact(pa.table({"a": ["b"]}), threads=-1)),
        (ValueError, "threads is '2';", lambda: sievert.findings(pa.table({"a": ["b"]}), threads="2")),
        (TypeError, 'sample is float; it takes a share such as "1%"', lambda: sievert.scan(csv, sample=0.1)),
        (ValueError, "min_confidence is 0.8; it takes", lambda: sievert.Scanner(min_confidence=0.8)),
        (TypeError, "detectors holds int; it takes ids", lambda: sievert.Scanner(detectors=[5])),
        (TypeError, "country is int; it takes a str", lambda: sievert.detectors(country=5)),
        (TypeError, "id is int; it takes the id of a detector", lambda: sievert.explain(5)),
        (TypeError, "reports is a Report; it takes several", lambda: sievert.merge(report)),
        (TypeError, "reports holds str; it takes Reports", lambda: sievert.merge(["report.json"])),
        (TypeError, "policy is list; from_dict takes a dictionary", lambda: sievert.Policy.from_dict([1])),
        (sievert.PolicyError, "the policy's name is empty", lambda: sievert.scan_text("x", policy="")),
        (StoreError, "gone.json: No such file or directory; check the path", lambda: Report.load("gone.json")),
        (StoreError, "Is a directory (os error 21); name another place", lambda: report.save(tmp_path)),
        (FormatError, "not a report of this version", lambda: Report.load(csv)),
    ):
        with pytest.raises(kind) as raised:
            work()
        assert said in str(raised.value)


def test_reports_are_saved_loaded_merged_and_pickled(csv, tmp_path):
    report = sievert.scan(csv)
    path = tmp_path / "report.json"
    report.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    report.save(path)
    assert path.stat().st_mode & 0o777 == 0o600, "a file that anybody could read as well"
    assert Report.load(path) == report == pickle.loads(pickle.dumps(report))
    both = sievert.merge([report, sievert.scan(csv)])
    assert both.by_detector()["global.email"]["certain"] == 40
    assert "global.email" in str(both)
    with pytest.raises(SievertError, match="different plans"):
        sievert.merge([report, sievert.scan(csv, policy="secrets")])
    for twice in ([report, report], [both, report]):
        with pytest.raises(SievertError, match="give each once"):
            sievert.merge(twice)
    with pytest.raises(ValueError, match="no report"):
        sievert.merge([])
    with pytest.raises(ValueError, match="not a report"):
        sievert.merge([Report('{"canary": 1}')])


def test_a_report_without_findings_is_a_table_of_the_same_types():
    full, empty = (sievert.scan(pa.table({"a": [text]})).to_pandas() for text in (EMAIL, "nothing"))
    assert len(full) == 1 and len(empty) == 0
    assert list(empty.dtypes[2:]) == list(full.dtypes[2:]) == ["int64"] * 6


def test_the_log_is_told(csv, caplog):
    with caplog.at_level(logging.INFO, logger="sievert"):
        sievert.scan(csv)
    assert "scan: 1 objects, 20 records" in caplog.text


def test_the_log_is_told_what_was_not_examined(caplog):
    with caplog.at_level(logging.WARNING, logger="sievert"):
        sievert.scan(pl.DataFrame({"o": [object()]}))
    assert "not examined: polars.DataFrame: field o" in caplog.text


def test_a_sample_of_files(csv):
    csv.write_text("email\n" + "x@example.org\n" * 5_000)
    for sample in ("10%", 500):
        report = sievert.scan(csv, sample=sample)
        assert 400 < report.to_dict()["sample"]["records"] < 600
    with pytest.raises(ValueError, match="expected a share"):
        sievert.scan(csv, sample="0%")


def test_what_is_unchanged_since_a_report_is_not_read_again(csv, tmp_path):
    long_ago = time.time() - 60  # what was written just now may be written once more without another time
    os.utime(csv, (long_ago, long_ago))
    first = sievert.scan(csv, since=tmp_path / "first.json")
    assert "no report yet" in first.to_dict()["since"]["not_used"]
    first.save(tmp_path / "first.json")
    second = sievert.scan(csv, since=tmp_path / "first.json")
    assert second.to_dict()["ledger"]["objects"]["unchanged"] == 1
    assert second.by_detector() == first.by_detector() and second.by_field() == first.by_field()
    other = sievert.scan(csv, since=tmp_path / "first.json", policy="secrets")
    assert other.to_dict()["ledger"]["objects"]["scanned"] == 1 and "plan" in other.to_dict()["since"]["not_used"]
    with pytest.raises(ValueError, match="pass one of them"):
        sievert.scan(csv, since=tmp_path / "first.json", sample="1%")
    with pytest.raises(ValueError, match="scan files"):
        sievert.scan(pl.DataFrame({"a": [1]}), since=tmp_path / "first.json")
    own = {"detector": [{"id": "acme.a", "find": lambda text: []}]}
    with pytest.raises(ValueError, match="the policy has functions"):
        sievert.scan(csv, since=tmp_path / "first.json", policy=own)


@pytest.mark.parametrize("of", ["file", "frame"])
def test_long_work_shows_a_bar_where_someone_looks(csv, capsys, monkeypatch, of):
    monkeypatch.setattr(_progress, "_PATIENCE", -1)
    data = csv if of == "file" else pl.DataFrame({"a": ["x"] * 100})
    sievert.scan(data)
    assert capsys.readouterr().err == "", "nobody looks"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    sievert.scan(data)
    assert "sievert" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    sievert.scan(data)
    assert capsys.readouterr().err == "", "and goes on without tqdm"


@pytest.mark.parametrize("of", ["frame", "texts"])
def test_an_interrupt_ends_work_in_memory(of):
    texts = [f"x{n}@example.org, {'word ' * 20}" for n in range(300_000)]
    scanner = sievert.Scanner()
    data = pa.table({"a": texts}) if of == "frame" else texts
    work = {"frame": lambda: scanner.redact(data, threads=1), "texts": lambda: scanner.redact_texts(data)}[of]
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        work()
        pytest.fail("too fast to be interrupted")


def test_an_interrupt_ends_a_run(tmp_path):
    large = tmp_path / "large.csv"
    rows = (f"x{n}@example.org,{n} {'word ' * 20}\n" for n in range(600_000))
    large.write_text("a,b\n" + "".join(rows))
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        sievert.scan(large, threads=1)
        pytest.fail(f"too fast to be interrupted: {time.monotonic() - started:.1f} s")


def test_the_command_is_installed():
    command = os.path.join(os.path.dirname(sys.executable), "sievert")
    out = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["sievert", sievert.__version__]
