"""The other libraries, each the real one: datasets, DuckDB, and the namespaces of pandas and polars."""

import subprocess
import sys

import datasets
import duckdb
import pandas as pd
import polars as pl
import pytest
import sievert
import sievert.duckdb
import sievert.huggingface
import sievert.pandas
import sievert.polars
from conftest import EMAIL
from sievert.huggingface import Clean, Redact

ROWS = {"text": [f"write to {EMAIL}", "nothing", None], "n": [1, 2, 3]}
CLEAN = ["write to <EMAIL>", "nothing", None]
DROP = {"redact": [{"detectors": ["*"], "action": "drop-record"}]}


@pytest.fixture(autouse=True)
def quiet(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    datasets.disable_progress_bars()


def test_datasets_are_mapped_and_filtered_in_batches():
    dataset = datasets.Dataset.from_dict(ROWS)
    clean = dataset.map(Redact(), batched=True, batch_size=2)
    assert clean["text"][:] == CLEAN and clean.features == dataset.features
    arrow = dataset.with_format("arrow").map(Redact(), batched=True)
    assert arrow.with_format(None)["text"][:] == CLEAN
    assert dataset.map(Redact(DROP), batched=True)["n"][:] == [2, 3]
    assert dataset.filter(Clean(), batched=True)["n"][:] == [2, 3]
    with pytest.raises(ValueError, match="it takes one of possible, likely, certain"):
        Clean(min_confidence="sure")


def test_datasets_that_stream_are_rewritten_as_they_are_read():
    stream = datasets.Dataset.from_dict(ROWS).to_iterable_dataset()
    assert [row["text"] for row in stream.map(Redact(), batched=True)] == CLEAN


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_datasets_are_mapped_by_several_processes():
    dataset = datasets.Dataset.from_dict({"text": [EMAIL, "x"] * 20})
    clean = dataset.map(Redact(), batched=True, num_proc=2)
    assert clean["text"][:] == ["<EMAIL>", "x"] * 20


def test_the_same_policy_is_the_same_function_to_the_cache():
    fingerprint = datasets.fingerprint.Hasher.hash
    assert fingerprint(Redact(DROP)) == fingerprint(Redact(dict(DROP)))
    assert fingerprint(Redact(DROP)) != fingerprint(Redact())


def test_a_dataset_is_a_frame():
    dataset = datasets.Dataset.from_dict(ROWS, split="train").select([1, 0])
    clean, report = sievert.redact(dataset, return_report=True)
    assert isinstance(clean, datasets.Dataset) and clean.split == "train"
    assert clean["text"][:] == [CLEAN[1], CLEAN[0]] and clean.features == dataset.features
    assert report.by_detector()["global.email"]["certain"] == 1
    found = sievert.findings(dataset)
    assert isinstance(found, datasets.Dataset) and found["row"][:] == [1]


def test_what_stands_beside_the_rows_of_a_dataset():
    dataset = datasets.Dataset.from_dict({"note": ["a", "b"], "who": [0, 1], "keys": [{EMAIL: 1}, {EMAIL: 2}]})
    dataset = dataset.cast_column("who", datasets.ClassLabel(names=[EMAIL, "b"])).with_format("numpy", columns=["who"])
    clean, report = sievert.redact(dataset, return_report=True)
    assert clean.features["who"].names == ["<EMAIL>", "b"] and clean.features["note"] == dataset.features["note"]
    assert clean.format["type"] == "numpy" and clean.format["columns"] == ["who"]
    assert clean.with_format(None)["keys"][:] == [{"<EMAIL>": 1}, {"<EMAIL>": 2}]
    assert EMAIL not in f"{clean.features}{clean.data.schema.metadata}{report}"


def test_what_a_dataset_says_of_itself():
    about = {"description": f"Ask {EMAIL}.", "citation": "@misc{a}", "download_checksums": {f"https://x.org/{EMAIL}": {}}}
    dataset = datasets.Dataset.from_dict(ROWS, info=datasets.DatasetInfo(**about))
    clean, report = sievert.redact(dataset, return_report=True)
    assert (clean.info.description, clean.info.citation) == ("Ask <EMAIL>.", "@misc{a}")
    assert clean.info.download_checksums is None and dataset.info.description == about["description"]
    assert {"info.description", "info.download_checksums"} <= set(report.by_field())
    assert clean.data.schema.metadata == dataset.data.schema.metadata and clean.features == dataset.features
    assert EMAIL not in f"{clean.info}{report}"


def test_the_splits_of_a_dataset_stay_splits():
    splits = datasets.DatasetDict(
        {name: datasets.Dataset.from_dict(ROWS, split=name) for name in ("train", "test")}
    )
    clean, report = sievert.redact(splits, return_report=True)
    assert isinstance(clean, datasets.DatasetDict) and clean["test"]["text"][:] == CLEAN
    assert splits["train"]["text"][0] == ROWS["text"][0]
    assert [about["object"] for about in report.to_dict()["objects"]] == ["datasets.Dataset train", "datasets.Dataset test"]
    assert sievert.scan(splits).by_detector()["global.email"]["certain"] == 2 == report.findings
    assert sievert.findings(splits)["test"]["row"][:] == [0]
    with pytest.raises(TypeError, match=r"dataset.map\(sievert.huggingface.Redact"):
        sievert.redact(datasets.Dataset.from_dict(ROWS).to_iterable_dataset())


def test_duckdb_has_functions():
    connection = duckdb.connect()
    sievert.duckdb.register(connection)
    rows = "select * from (values (1, ?), (2, 'nothing'), (3, null)) v(n, text)"
    connection.execute(f"create table t as {rows}", [ROWS["text"][0]])
    query = "select sievert_redact(text, 'text'), sievert_detectors(text, 'text') from t order by n"
    assert connection.execute(query).fetchall() == [(CLEAN[0], ["global.email"]), ("nothing", []), (None, None)]
    by_field = "select sievert_detectors('412345', f) from (values ('employee_id'), ('count')) v(f) order by f desc"
    assert connection.execute(by_field).fetchall() == [(["global.employee_id"],), ([],)]
    # In a query over many rows, in several batches.
    many = "select sievert_redact('x' || i || '@example.org', '') r from range(5000) t(i)"
    assert connection.execute(f"select count(*) from ({many}) where r = '<EMAIL>'").fetchone() == (5000,)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_frames_have_a_namespace(make):
    frame = make(ROWS)
    clean, report = frame.sievert.redact(return_report=True)
    assert type(clean) is make and list(clean["text"])[:2] == CLEAN[:2]
    assert frame.sievert.scan().by_detector() == report.by_detector()
    assert len(frame.sievert.findings()) == 1
    assert type(frame["text"].sievert.redact()) is type(frame["text"])
    assert frame.sievert.redact(policy=DROP).shape == (2, 2)
    assert "global.email" in repr(frame.sievert.show())


def test_the_namespace_is_there_after_import_in_either_order():
    for code in ("import pandas, sievert", "import sievert, pandas, sievert.pandas", "import polars, sievert"):
        library = "polars" if "polars" in code else "pandas"
        code += f"; print({library}.DataFrame({{'a': ['{EMAIL}']}}).sievert.redact()['a'][0])"
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert out == "<EMAIL>\n"
