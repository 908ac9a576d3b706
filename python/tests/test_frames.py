"""Frames of pyarrow, polars and pandas: the same type comes back, the input stays, and what is not examined is said."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sievert
from conftest import EMAIL
from sievert import IncompleteError, IncompleteWarning

TEXTS = [f"write to {EMAIL}", None, "nothing", f"\U0001f600 {EMAIL}"]
CLEAN = ["write to <EMAIL>", None, "nothing", "\U0001f600 <EMAIL>"]
IDS = [1, 2, 3, 4]


def make(kind):
    """One small table in each of the libraries."""
    columns = {"note": TEXTS, "id": IDS}
    return {"pyarrow": pa.table, "polars": pl.DataFrame, "pandas": pd.DataFrame}[kind](columns)


def column(frame, name):
    """The values of a column, whatever the library."""
    if isinstance(frame, pd.DataFrame):
        return [None if value is None or value is pd.NA or value != value else value for value in frame[name]]
    return frame[name].to_pylist() if isinstance(frame, pa.Table) else frame[name].to_list()


@pytest.mark.parametrize("kind", ["pyarrow", "polars", "pandas"])
def test_a_frame_comes_back_clean_and_of_its_type(kind):
    frame = make(kind)
    before = pickle.dumps(frame)
    clean, report = sievert.redact(frame, return_report=True)
    assert type(clean) is type(frame)
    assert pickle.dumps(frame) == before, "the input is as it was"
    assert column(clean, "note") == CLEAN and column(clean, "id") == IDS
    assert report.by_field()["note"]["detectors"]["global.email"]["certain"] == 2
    assert report.complete and report.to_dict()["ledger"]["records"]["total"] == 4
    assert column(sievert.redact(frame), "note") == CLEAN
    assert sievert.scan(frame).by_detector() == report.by_detector()


@pytest.mark.parametrize("kind", ["pyarrow", "polars", "pandas"])
def test_a_policy_takes_a_field_whole(kind):
    policy = {"detector": [{"id": "acme.person", "whole_fields": ["note"]}]}
    clean = sievert.redact(make(kind), policy=policy)
    assert column(clean, "note") == ["<PERSON>", None, "<PERSON>", "<PERSON>"]
    assert column(clean, "id") == IDS
    assert sievert.Scanner(policy).redact_text("Anna de Vries", field="note") == "<PERSON>"
    assert sievert.scan(make(kind), policy=policy).by_field()["note"]["class"] == "acme.person"


def test_numbers_of_a_field_that_is_taken_whole_are_null():
    policy = {"detector": [{"id": "acme.customer", "whole_fields": ["id"]}]}
    assert column(sievert.redact(make("pyarrow"), policy=policy), "id") == [None] * len(IDS)


@pytest.mark.parametrize("kind", ["pyarrow", "polars", "pandas"])
def test_findings_are_a_frame_of_the_same_library(kind):
    found = sievert.findings(make(kind))
    assert type(found) is type(make(kind))
    assert column(found, "row") == [0, 3]
    assert column(found, "field") == ["note", "note"]
    assert [TEXTS[3][s:e] for s, e in zip(column(found, "start"), column(found, "end"))][1] == EMAIL
    assert column(found, "detector") == ["global.email"] * 2
    assert list(column(found, "why")[0])[0] == "unmistakable"


@pytest.mark.parametrize("kind", ["pyarrow", "polars", "pandas"])
@pytest.mark.parametrize(("action", "left"), [("drop-record", ["nothing"]), ("drop-cell", None)])
def test_cells_and_records_can_be_dropped(kind, action, left):
    policy = {"redact": [{"detectors": ["*"], "action": action}]}
    clean, report = sievert.redact(make(kind), policy=policy, return_report=True)
    if action == "drop-record":
        assert column(clean, "note") == [None, "nothing"] and column(clean, "id") == [2, 3]
        assert report.to_dict()["ledger"]["records"]["dropped"] == 2
    else:
        assert column(clean, "note") == [None, None, "nothing", None] and column(clean, "id") == IDS


@pytest.mark.parametrize(
    "of", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int8(), pa.string())]
)
def test_every_arrow_text_keeps_its_type(of):
    values = pa.array(TEXTS, pa.string())
    array = values.dictionary_encode().cast(of) if pa.types.is_dictionary(of) else values.cast(of)
    table = pa.table({"note": pa.chunked_array([array, array.slice(2, 2)])})
    clean = sievert.redact(table)
    assert clean.schema == table.schema
    assert clean["note"].cast(pa.string()).to_pylist() == CLEAN + CLEAN[2:]


def places(array):
    """Where the values of an Arrow column stand in memory, each buffer's first and last byte. Without the bits that say
    which are null: those of a slice must be shifted, an eighth of a byte a cell."""
    for chunk in array.chunks if isinstance(array, pa.ChunkedArray) else [array]:
        for buffer in chunk.buffers()[1:]:
            if buffer is not None and buffer.size:
                yield buffer.address, buffer.address + buffer.size
        if pa.types.is_dictionary(chunk.type):
            yield from places(chunk.dictionary)


def lies_in(new, old):
    """Whether all that a column holds stands where another one has it, nothing of it copied."""
    old = list(places(old))
    found = [any(start <= a and b <= end for start, end in old) for a, b in places(new)]
    return all(found) and len(found) > 0


@pytest.mark.parametrize("of", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int8(), pa.string())])
def test_nothing_found_means_the_same_buffers(of):
    values = pa.array(["longer than twelve bytes", None, "words"] * 100)
    plain = values.dictionary_encode().cast(of) if pa.types.is_dictionary(of) else values.cast(of)
    nested = pa.array([{"a": ["longer than twelve bytes"]}] * 300)
    table = pa.table(
        {
            "plain": pa.chunked_array([plain, plain.slice(100)]),
            "mail": [EMAIL, "x"] * 250,
            "nested": pa.chunked_array([nested, nested.slice(100)]),
            "number": pa.array(range(500)),
        }
    )
    clean = sievert.redact(table)
    assert clean["mail"][0].as_py() == "<EMAIL>"
    for name in ("plain", "nested", "number"):
        assert lies_in(clean[name], table[name]), name
    assert not lies_in(clean["mail"], table["mail"])


def test_nothing_found_means_the_same_buffers_in_polars_and_pandas():
    frame = pl.DataFrame({"note": ["longer than twelve bytes"] * 3, "mail": [EMAIL] * 3})
    assert lies_in(pa.table(sievert.redact(frame))["note"], pa.table(frame)["note"])
    data = pd.DataFrame({"note": pd.Series(["a", "b"], dtype=object), "n": [1.5, 2.5], "mail": [EMAIL, "x"]})
    clean = sievert.redact(data)
    assert np.shares_memory(clean["n"].to_numpy(), data["n"].to_numpy())
    assert all(new is old for new, old in zip(clean["note"], data["note"]))
    clean.loc[0, "n"] = 9.0
    assert data.loc[0, "n"] == 1.5, "what is shared is not written through"


def test_other_arrow_objects_come_back_as_what_they_were():
    batch = pa.record_batch({"note": TEXTS})
    assert sievert.redact(batch).equals(pa.record_batch({"note": CLEAN}))
    assert sievert.redact(pa.array(TEXTS)).equals(pa.array(CLEAN))
    assert sievert.redact(pa.chunked_array([TEXTS, TEXTS])).to_pylist() == CLEAN * 2
    reader = sievert.redact(pa.table({"note": TEXTS}).to_reader())
    assert isinstance(reader, pa.RecordBatchReader) and reader.read_all()["note"].to_pylist() == CLEAN
    assert sievert.redact(pa.table({"note": pa.array([], pa.string())})).num_rows == 0


class Foreign:
    """Something of no known library that takes part in the protocol."""

    def __init__(self, data, name):
        setattr(self, name, getattr(data, name))


@pytest.mark.parametrize("protocol", ["__arrow_c_stream__", "__arrow_c_array__"])
def test_whatever_exports_arrow_records_is_a_frame(protocol):
    foreign = Foreign(pa.record_batch({"note": TEXTS}), protocol)
    assert pa.table(sievert.redact(foreign))["note"].to_pylist() == CLEAN
    with pytest.raises(ValueError, match="does not hold records"):
        sievert.redact(Foreign(pa.array(TEXTS) if "array" in protocol else pa.chunked_array([TEXTS]), protocol))


def test_arrow_that_is_not_valid_is_not_trusted():
    bad = pa.StringArray.from_buffers(1, pa.py_buffer(np.array([0, 1], np.int32)), pa.py_buffer(b"\xff"))
    with pytest.raises(IncompleteError, match="contradicts itself"):
        sievert.redact(pa.table({"a": bad}))


def test_nested_values_and_names():
    messages = [[{"role": "user", "content": EMAIL}], [], None]
    table = pa.table({"messages": messages, EMAIL: [1, 2, 3]})
    clean, report = sievert.redact(table, return_report=True)
    assert clean.column_names == ["messages", "<EMAIL>"]
    assert clean["messages"].to_pylist() == [[{"role": "user", "content": "<EMAIL>"}], [], None]
    assert "messages[].content" in report.by_field()
    assert EMAIL not in report.to_json()
    frame = pl.DataFrame({"messages": messages[:2]})
    assert sievert.redact(frame)["messages"].to_list() == [[{"role": "user", "content": "<EMAIL>"}], []]


def test_types_that_are_not_read_are_said():
    union = pa.UnionArray.from_sparse(pa.array([0, 0], pa.int8()), [pa.array(["a", "b"])])
    table = pa.table({"u": union, "note": [EMAIL, "x"]})
    with pytest.raises(IncompleteError, match=r"field u, 2 cells: it is of the type union") as raised:
        sievert.redact(table)
    assert raised.value.report.to_dict()["ledger"]["cells"]["binary"] == 2
    with pytest.warns(IncompleteWarning, match="union"):
        clean = sievert.redact(table, on_incomplete="warn")
    assert clean["note"].to_pylist() == ["<EMAIL>", "x"]


def test_metadata_of_a_single_field_is_looked_at():
    note = pa.field("note", pa.string(), metadata={"owner": f"ask {EMAIL}", "unit": "text"})
    table = pa.table({"note": ["x"]}, schema=pa.schema([note], metadata={"source": EMAIL}))
    clean, report = sievert.redact(table, return_report=True)
    assert clean.schema.metadata == {b"source": b"<EMAIL>"}
    assert clean.schema.field("note").metadata == {b"owner": b"ask <EMAIL>", b"unit": b"text"}
    assert report.complete and report.by_detector()["global.email"]["certain"] == 2


def test_run_end_encoded_columns_are_read():
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([2, 3, 4], pa.int32()), pa.array([EMAIL, None, "x"]))
    clean = sievert.redact(pa.table({"r": runs}))
    assert clean["r"].type == runs.type and clean["r"].to_pylist() == ["<EMAIL>", "<EMAIL>", None, "x"]


def test_no_pickle_takes_along_what_was_rewritten():
    table = pa.table({"note": [EMAIL] + ["words"] * 200_000})
    for frame in (table, pa.Table.from_batches(table.to_batches(max_chunksize=100))):
        clean = sievert.redact(frame)
        assert EMAIL.encode() not in pickle.dumps(clean)
        assert clean["note"].to_pylist()[:2] == ["<EMAIL>", "words"]


def test_a_frame_that_breaks_off_is_not_handed_back():
    def batches():
        yield pa.record_batch({"note": TEXTS})
        raise RuntimeError("canary")

    schema = pa.schema({"note": pa.string()})
    with pytest.warns(IncompleteWarning), pytest.raises(IncompleteError, match="broke off") as raised:
        sievert.redact(pa.RecordBatchReader.from_batches(schema, batches()), on_incomplete="warn")
    assert "canary" not in str(raised.value)


def test_polars_series_lazy_frames_and_types_with_categories():
    series = pl.Series("note", TEXTS)
    assert sievert.redact(series).equals(pl.Series("note", CLEAN))
    lazy = sievert.redact(pl.LazyFrame({"note": TEXTS}))
    assert isinstance(lazy, pl.LazyFrame) and lazy.collect()["note"].to_list() == CLEAN
    frame = pl.DataFrame(
        {
            "c": pl.Series([EMAIL, "x", None], dtype=pl.Categorical),
            "e": pl.Series([EMAIL, "x", None], dtype=pl.Enum([EMAIL, "x", "unused"])),
            "stays": pl.Series(["x", "x", None], dtype=pl.Enum(["x", "y"])),
        }
    )
    clean = sievert.redact(frame)
    assert clean["c"].to_list() == clean["e"].to_list() == ["<EMAIL>", "x", None]
    assert clean["c"].dtype == pl.Categorical and isinstance(clean["e"].dtype, pl.Enum)
    assert clean["stays"].dtype == pl.Enum(["x", "y"])
    hidden = pl.DataFrame({"e": pl.Series(["x"], dtype=pl.Enum(["x", EMAIL]))})
    assert EMAIL not in sievert.redact(hidden)["e"].dtype.categories
    objects = pl.DataFrame({"o": [object(), object()], "note": [EMAIL, "x"], "null": [None, None]})
    with pytest.raises(IncompleteError, match="holds Python objects"):
        sievert.redact(objects)
    assert sievert.redact(objects[["null", "note"]])["note"].to_list() == ["<EMAIL>", "x"]
    with pytest.raises(IncompleteError, match="of the type null"):
        sievert.redact(pl.DataFrame({"l": [[], [None]]}))


def test_what_is_no_frame_is_told_what_is_accepted():
    with pytest.raises(TypeError, match="data is dict; it takes a frame of pandas"):
        sievert.redact({"a": 1})
    with pytest.raises(TypeError, match="data is list; .*lists of texts are for scan_texts and redact_texts"):
        sievert.redact([EMAIL])
    with pytest.raises(TypeError, match="data is int; it takes a path"):
        sievert.scan(5)
    with pytest.raises(TypeError, match="text is float; .* a column goes to sievert.redact as it is"):
        pd.Series([EMAIL, None]).map(sievert.redact_text)


def test_reports_of_parts_of_a_frame_add_up():
    table = pa.table({"note": TEXTS * 50})
    parts = [sievert.scan(table.slice(0, 100)), sievert.scan(table.slice(100))]
    assert sievert.merge(parts).by_detector()["global.email"]["certain"] == 100
    assert sievert.merge(parts).by_field()["note"]["cells"] == sievert.scan(table).by_field()["note"]["cells"]


@pytest.mark.parametrize("kind", ["pyarrow", "polars", "pandas"])
def test_a_sample_looks_at_some_rows_and_says_so(kind):
    make = {"pyarrow": pa.table, "polars": pl.DataFrame, "pandas": pd.DataFrame}[kind]
    frame = make({"note": [EMAIL] * 5_000})
    for sample in ("10%", 500):
        report = sievert.scan(frame, sample=sample)
        looked_at = report.to_dict()["sample"]["records"]
        assert 400 < looked_at < 600 and report.by_detector()["global.email"]["certain"] == looked_at
        assert report.to_dict()["ledger"]["records"]["sampled"] == 5_000 - looked_at and report.complete
        assert sievert.scan(frame, sample=sample).by_detector() == report.by_detector(), "the same rows each time"
    assert sievert.scan(frame, sample=10_000).to_dict()["sample"]["records"] == 5_000
    with pytest.raises(ValueError, match='sample: expected a share such as "1%"'):
        sievert.scan(frame, sample="some")


def test_a_reader_tells_no_number_of_rows_so_its_sample_is_a_share():
    table = pa.table({"note": [EMAIL] * 5_000})
    assert 400 < sievert.scan(table.to_reader(), sample="10%").to_dict()["sample"]["records"] < 600
    with pytest.raises(ValueError, match="how many rows there are is not known; give a share"):
        sievert.scan(table.to_reader(), sample=500)


@pytest.mark.parametrize("values", [[{EMAIL: "x", "b": "y"}], [{EMAIL: "x", "b": EMAIL}]])
def test_names_of_nested_fields_are_rewritten_in_every_library(values):
    clean = [{"<EMAIL>": "x", "b": "<EMAIL>" if value["b"] == EMAIL else "y"} for value in values]
    assert sievert.redact(pa.table({"s": values}))["s"].to_pylist() == clean
    assert sievert.redact(pl.DataFrame({"s": values}))["s"].to_list() == clean
    assert sievert.redact(pl.DataFrame({"l": [values]}))["l"].to_list() == [clean]
    assert list(sievert.redact(pd.DataFrame({"s": values}))["s"]) == clean
    assert list(sievert.redact(pd.DataFrame({"l": [values]}))["l"]) == [clean]
    arrow = pd.DataFrame({"s": pd.Series(pa.array(values).to_pylist(), dtype=pd.ArrowDtype(pa.array(values).type))})
    assert list(sievert.redact(arrow)["s"]) == clean


def test_keys_that_would_become_one_are_refused():
    values = [{EMAIL: 1, f"b.{EMAIL}": 2}]
    for frame in (pa.table({"s": values}), pl.DataFrame({"s": values}), pd.DataFrame({"s": values})):
        with pytest.warns(IncompleteWarning), pytest.raises(IncompleteError, match="two fields would get one name") as raised:
            sievert.redact(frame, on_incomplete="warn")
        assert EMAIL not in str(raised.value)


def test_keys_of_bytes_stay_bytes():
    frame = pd.DataFrame({"s": pd.Series([{b"a": EMAIL, EMAIL.encode(): "x"}], dtype=object)})
    assert list(sievert.redact(frame)["s"]) == [{b"a": "<EMAIL>", b"<EMAIL>": "x"}]


def test_polars_enums_keep_their_order_and_what_is_no_finding_wherever_they_stand():
    kinds = pl.Enum(["z", EMAIL, "x", f"of {EMAIL}"])
    clean = pl.Enum(["z", "<EMAIL>", "x", "of <EMAIL>"])
    frame = pl.DataFrame(
        {
            "e": pl.Series([EMAIL, "x"], dtype=kinds),
            "l": pl.Series([[EMAIL], []], dtype=pl.List(kinds)),
            "a": pl.Series([[EMAIL, "x"], None], dtype=pl.Array(kinds, 2)),
            "s": pl.Series([{"a": EMAIL}, {"a": "z"}], dtype=pl.Struct({"a": kinds})),
            "unused": pl.Series([["x"], None], dtype=pl.List(kinds)),
        }
    )
    redacted = sievert.redact(frame)
    assert redacted.schema == pl.Schema(
        {"e": clean, "l": pl.List(clean), "a": pl.Array(clean, 2), "s": pl.Struct({"a": clean}), "unused": pl.List(clean)}
    )
    assert redacted.rows()[0] == ("<EMAIL>", ["<EMAIL>"], ["<EMAIL>", "x"], {"a": "<EMAIL>"}, ["x"])
    assert redacted.rows()[1] == ("x", [], None, {"a": "z"}, None)
    assert sievert.redact(frame[:0]).schema == redacted.schema
    dropped = sievert.redact(frame, policy={"redact": [{"detectors": ["*"], "action": "drop-record"}]})
    assert dropped["e"].to_list() == ["x"] and EMAIL not in str(dropped.schema)


def test_polars_types_that_arrow_does_not_have_are_said():
    frame = pl.DataFrame({"n": pl.Series([1], dtype=pl.Int128), "note": [EMAIL]})
    with pytest.raises(IncompleteError, match="field n, 1 cells: it is of the type Int128"):
        sievert.redact(frame)
    mapped = pl.DataFrame({"m": pl.Series([{"a": "x"}], dtype=pl.Map(pl.String, pl.Enum(["x", EMAIL])))})
    with pytest.raises(IncompleteError, match="it holds enums in a map"):
        sievert.redact(mapped)


def test_a_slice_of_a_map_is_rewritten():
    entries = pa.array([[("k", EMAIL)], [(EMAIL, "x")], None], pa.map_(pa.string(), pa.string()))
    assert sievert.redact(pa.table({"m": entries.slice(1)}))["m"].to_pylist() == [[("<EMAIL>", "x")], None]


def test_no_warning_names_a_column_that_is_called_by_a_value():
    frame = pd.DataFrame({(EMAIL, "employee_id"): [412345, 412346]})
    with pytest.warns(UserWarning, match="column '<EMAIL>.employee_id' was int64") as warned:
        sievert.redact(frame)
    assert EMAIL not in str(warned[0].message)


def test_findings_name_no_row_by_a_value():
    frame = pd.DataFrame({"note": [EMAIL, "x"]}, index=pd.Index([EMAIL, "plain"]))
    found = sievert.findings(frame)
    assert sorted(zip(found["row"], found["field"])) == [("<EMAIL>", ""), ("<EMAIL>", "note")]
    assert EMAIL not in found.to_csv()
    levels = pd.MultiIndex.from_tuples([(412345, "x"), (412346, EMAIL)], names=["employee_id", None])
    rows = sievert.findings(pd.DataFrame({"note": [EMAIL, EMAIL]}, index=levels)).query("field == 'note'")["row"]
    assert list(rows) == [("<EMPLOYEE_ID>", "x"), ("<EMPLOYEE_ID>", "<EMAIL>")]
    dates = pd.DataFrame({"note": [EMAIL]}, index=pd.date_range("2024-01-01", periods=1))
    assert list(sievert.findings(dates)["row"]) == [pd.Timestamp("2024-01-01")]
