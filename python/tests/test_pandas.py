"""What only frames of pandas have: labels, indexes, attributes, and columns of objects."""

import collections
import decimal
import ipaddress
import pathlib
import uuid

import numpy as np
import pandas as pd
import pytest
import sievert
from conftest import EMAIL
from sievert import IncompleteError, IncompleteWarning

TEXTS = [f"write to {EMAIL}", None, "nothing", f"\U0001f600 {EMAIL}"]
CLEAN = ["write to <EMAIL>", None, "nothing", "\U0001f600 <EMAIL>"]


def test_pandas_keeps_dtypes_index_and_objects():
    frame = pd.DataFrame(
        {
            "object": pd.Series([EMAIL, 5, None, 2.5], dtype=object),
            "string": pd.Series(TEXTS, dtype="string"),
            "category": pd.Categorical([EMAIL, "b", None, EMAIL], categories=["b", EMAIL, "unused"], ordered=True),
            "when": pd.date_range("2024-01-01", periods=4, tz="Europe/Berlin"),
            "nested": pd.Series([{"a": EMAIL}, {"b": (EMAIL,)}, None, {}], dtype=object),
            "flag": [True, False, True, False],
            "span": pd.to_timedelta([1, 2, 3, 4], unit="s"),
        }
    ).set_index(pd.Index([EMAIL, "b", "c", "d"], name="who"))
    before = frame.copy(deep=True)
    clean = sievert.redact(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert list(clean.index) == ["<EMAIL>", "b", "c", "d"] and clean.index.name == "who"
    assert list(clean["object"]) == ["<EMAIL>", 5, None, 2.5] and clean["object"].dtype == object
    assert clean["string"].dtype == frame["string"].dtype and clean["string"].fillna("").tolist()[0] == CLEAN[0]
    assert clean["category"].tolist()[0] == "<EMAIL>" and clean["category"].cat.ordered
    assert list(clean["category"].cat.categories) == ["b", "<EMAIL>", "unused"]
    assert list(clean["nested"])[:2] == [{"a": "<EMAIL>"}, {"b": ("<EMAIL>",)}]
    for same in ("when", "flag", "span"):
        pd.testing.assert_series_equal(clean[same], frame[same].set_axis(clean.index))


def test_pandas_integers_that_are_nulled_become_nullable_and_it_is_said():
    frame = pd.DataFrame({"employee_id": [412345, 412346], "n": [1, 2]})
    with pytest.warns(UserWarning, match="'employee_id' was int64 and becomes Int64"):
        clean = sievert.redact(frame)
    assert clean["employee_id"].isna().all() and clean["employee_id"].dtype == "Int64"
    assert clean["n"].dtype == "int64"


def test_pandas_series_indexes_levels_and_odd_names():
    series = pd.Series(TEXTS, name=EMAIL, index=[10, 20, 30, 40])
    clean = sievert.redact(series)
    assert clean.name == "<EMAIL>" and list(clean.index) == [10, 20, 30, 40] and clean[40] == CLEAN[3]
    assert sievert.redact(pd.Series([EMAIL])).name is None
    assert list(sievert.redact(pd.Index([EMAIL, "x"]))) == ["<EMAIL>", "x"]
    levels = pd.MultiIndex.from_tuples([(EMAIL, 1), ("x", 2)], names=["who", "n"])
    clean = sievert.redact(pd.DataFrame({5: [1, 2], "a": ["x", EMAIL]}, index=levels))
    assert clean.index.to_list() == [("<EMAIL>", 1), ("x", 2)] and list(clean.columns) == [5, "a"]
    assert list(sievert.findings(pd.DataFrame({"a": ["x", EMAIL]}, index=["p", "q"]))["row"]) == ["q"]
    twins = pd.DataFrame([[EMAIL, "x"]], columns=["a", "a"])
    assert sievert.redact(twins).to_numpy().tolist() == [["<EMAIL>", "x"]]


def test_pandas_objects_that_are_written_as_texts_are_read():
    values = [pathlib.PurePosixPath(f"/home/{EMAIL}"), uuid.UUID(int=5), ipaddress.ip_address("2001:db8::1:2"), 5]
    clean = sievert.redact(pd.DataFrame({"o": pd.Series(values, dtype=object)}))["o"]
    assert list(clean) == ["/home/<EMAIL>", values[1], "<IP>", 5]


def test_pandas_objects_of_no_text_are_said():
    frame = pd.DataFrame({"o": pd.Series([EMAIL, object(), b"\xff", decimal.Decimal(5)], dtype=object)})
    with pytest.raises(IncompleteError, match="field o, 2 cells: objects that are neither"):
        sievert.redact(frame)
    with pytest.warns(IncompleteWarning):
        clean = sievert.redact(frame, on_incomplete="warn")
    assert clean["o"][0] == "<EMAIL>" and clean["o"][1] is frame["o"][1]
    frame = pd.DataFrame({"a": [1 + 2j]})
    frame.attrs["who"] = [EMAIL]
    with pytest.raises(IncompleteError) as raised:
        sievert.redact(frame)
    assert {gap["reason"].split(",")[0] for gap in raised.value.report.not_examined} == {"field a", "field attrs"}


def test_pandas_attributes_are_rewritten_where_they_are_texts_and_numbers():
    frame = pd.DataFrame({"a": ["x", "y"]})
    frame.attrs = {"who": f"ask {EMAIL}", EMAIL: 5, "empty": "", "n": 7, "none": None}
    clean, report = sievert.redact(frame, return_report=True)
    assert clean.attrs == {"who": "ask <EMAIL>", "<EMAIL>": 5, "empty": "", "n": 7, "none": None}
    assert frame.attrs["who"] == f"ask {EMAIL}" and report.by_detector()["global.email"]["certain"] == 2
    assert sievert.redact(frame["a"]).attrs == clean.attrs
    drop = {"redact": [{"detectors": ["*"], "action": "drop-cell"}]}
    assert set(sievert.redact(frame, policy=drop).attrs) == {"empty", "n", "none"}


def test_pandas_objects_of_all_sorts_in_one_column():
    mixed = pd.Series([EMAIL, 5, None, {"mail": EMAIL}, [EMAIL], pd.Timestamp("2024-01-01"), True], dtype=object)
    with pytest.raises(IncompleteError, match="field mixed, 2 cells: objects that are neither texts nor numbers"):
        sievert.redact(pd.DataFrame({"mixed": mixed}))
    with pytest.warns(IncompleteWarning):
        clean = sievert.redact(pd.DataFrame({"mixed": mixed}), on_incomplete="warn")["mixed"]
    assert clean[0] == "<EMAIL>" and clean[1:].tolist()[:2] == [5, None] and clean[5] is mixed[5]
    assert mixed[0] == EMAIL


def test_pandas_levels_names_and_categories_that_no_row_has():
    levels = pd.MultiIndex.from_tuples([(EMAIL, 1)], names=[f"of {EMAIL}", "n"])
    frame = pd.DataFrame({"c": pd.Categorical(["x"], categories=["x", EMAIL])}, index=levels)
    clean, report = sievert.redact(frame, return_report=True)
    assert EMAIL not in f"{clean} {list(clean.index.names)} {list(clean['c'].cat.categories)} {report}"
    assert list(clean["c"]) == ["x"] and report.complete


def test_pandas_labels_of_several_levels():
    day = pd.Timestamp("2024-01-01")
    labels = [("contact", "mail", 1), ("contact", "note", 2), (day, "n", 3)]
    columns = pd.MultiIndex.from_tuples(labels, names=["a", "b", "c"])
    frame = pd.DataFrame([[EMAIL, "x", 5], ["y", f"of {EMAIL}", 6]], columns=columns)
    clean, report = sievert.redact(frame, return_report=True)
    assert clean.columns.equals(columns) and clean.columns.names == columns.names
    assert clean.to_numpy().tolist() == [["<EMAIL>", "x", 5], ["y", "of <EMAIL>", 6]]
    assert set(report.by_field()) >= {"contact.mail.1", "contact.note.2", "2024-01-01 00:00:00.n.3"}
    assert list(sievert.findings(frame)["field"]) == ["contact.mail.1", "contact.note.2"]
    assert sievert.scan(frame).by_detector() == report.by_detector()


def test_pandas_names_of_axes():
    frame = pd.DataFrame({"a": [1, 2]})
    frame.columns.name, frame.index.name = f"by {EMAIL}", EMAIL
    clean, report = sievert.redact(frame, return_report=True)
    assert (clean.columns.name, clean.index.name) == ("by <EMAIL>", "<EMAIL>")
    assert isinstance(clean.index, pd.RangeIndex) and frame.index.name == EMAIL
    assert report.by_detector()["global.email"]["certain"] == 2
    assert {"columns.names[0]", "index.names[0]"} <= set(report.by_field())
    assert sievert.scan(frame).by_detector() == report.by_detector()
    levels = pd.MultiIndex.from_tuples([(2024, "n")], names=[None, EMAIL])
    assert sievert.redact(pd.DataFrame([[1]], columns=levels)).columns.names == [None, "<EMAIL>"]
    named = pd.DataFrame([[1]], columns=pd.Index(["a"], name="b"))
    assert sievert.redact(named).columns is named.columns


@pytest.mark.parametrize(
    ("label", "count"),
    [((2024, EMAIL), 1), ((EMAIL, 2024), 1), ((EMAIL, EMAIL), 2), ((EMAIL, "x"), 1), (("a", "b"), 0)],
)
def test_pandas_labels_are_told_once_where_they_are_rewritten(label, count):
    frame = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([label]))
    for report in (sievert.scan(frame), sievert.redact(frame, return_report=True)[1]):
        found = report.by_detector().get("global.email", {"certain": 0})
        assert found["certain"] == count, report.by_field()


@pytest.mark.parametrize(
    ("label", "clean"),
    [
        ((2024, EMAIL), (2024, "<EMAIL>")),
        ((EMAIL, 2024), ("<EMAIL>", 2024)),
        ((EMAIL, EMAIL), ("<EMAIL>", "<EMAIL>")),
        ((EMAIL, ""), ("<EMAIL>", "")),
        ((EMAIL, "x"), ("<EMAIL>", "x")),
        # What goes over two levels is rewritten whole.
        (tuple(EMAIL.rsplit(".", 1)), ("<EMAIL>", "")),
    ],
)
def test_pandas_labels_that_hold_findings_lose_these_and_nothing_else(label, clean):
    columns = pd.MultiIndex.from_tuples([label, (2023, "n")])
    frame = pd.DataFrame([[1, 2], [3, 4]], columns=columns)
    redacted = sievert.redact(frame)
    assert redacted.columns.to_list() == [clean, (2023, "n")]
    assert redacted.to_numpy().tolist() == [[1, 2], [3, 4]] and frame.columns.equals(columns)
    series = sievert.redact(pd.Series([1, 2], name=label))
    assert series.name == clean and series.to_list() == [1, 2]


class Sub(pd.DataFrame):
    """A frame of one's own kind, as pandas lets one make them."""

    _metadata = ["unit"]

    @property
    def _constructor(self):
        return Sub


def test_pandas_frames_of_ones_own_kind_and_flags_stay():
    frame = Sub({"note": [EMAIL, "x"]}).set_flags(allows_duplicate_labels=False)
    frame.unit = "mm"
    clean = sievert.redact(frame)
    assert type(clean) is Sub and clean.unit == "mm" and not clean.flags.allows_duplicate_labels
    assert list(clean["note"]) == ["<EMAIL>", "x"]


def test_pandas_labels_of_objects_and_categories_keep_their_type():
    objects = pd.Index([EMAIL, "x"], dtype=object)
    assert sievert.redact(objects).equals(pd.Index(["<EMAIL>", "x"], dtype=object))
    assert sievert.redact(objects).dtype == object
    frame = pd.DataFrame([[1, 2], [3, 4]], index=objects, columns=objects)
    clean = sievert.redact(frame)
    assert clean.index.dtype == clean.columns.dtype == object and list(clean.columns) == ["<EMAIL>", "x"]
    levels = pd.MultiIndex.from_arrays([objects, pd.Index([1, "a"], dtype=object)])
    assert list(sievert.redact(levels).dtypes) == [object, object]
    categories = pd.CategoricalIndex([EMAIL, "x"], categories=["x", f"of {EMAIL}", EMAIL], ordered=True, name="c")
    clean = sievert.redact(pd.DataFrame([[1, 2]], columns=categories)).columns
    assert list(clean) == ["<EMAIL>", "x"] and clean.ordered and clean.name == "c"
    assert list(clean.categories) == ["x", "of <EMAIL>", "<EMAIL>"]
    hidden = pd.CategoricalIndex(["x"], categories=["x", EMAIL])
    assert list(sievert.redact(pd.DataFrame([[1]], columns=hidden)).columns.categories) == ["x", "<EMAIL>"]


Pair = collections.namedtuple("Pair", "mail n")


def test_pandas_objects_that_hold_others_keep_their_type():
    values = [{EMAIL, "x"}, Pair(EMAIL, "x"), collections.OrderedDict(a=EMAIL), (EMAIL,)]
    clean = [{"<EMAIL>", "x"}, Pair("<EMAIL>", "x"), collections.OrderedDict(a="<EMAIL>"), ("<EMAIL>",)]
    for value, expected in zip(values, clean):
        rebuilt = sievert.redact(pd.DataFrame({"o": pd.Series([value], dtype=object)}))["o"][0]
        assert rebuilt == expected and type(rebuilt) is type(expected)


def test_pandas_texts_with_lone_surrogates_keep_them():
    text = f"\ud83d? to {EMAIL} or\udfff {EMAIL}\ud83d"
    frame = pd.DataFrame({"o": pd.Series([text, "\ud83d"], dtype=object)})
    assert list(sievert.redact(frame)["o"]) == ["\ud83d? to <EMAIL> or\udfff <EMAIL>\ud83d", "\ud83d"]


def test_pandas_sparse_columns_are_read():
    sparse = pd.DataFrame({"n": pd.arrays.SparseArray([0, 0, 1]), "note": [EMAIL, "x", "y"]})
    clean = sievert.redact(sparse)
    assert list(clean.dtypes) == list(sparse.dtypes) and list(clean["note"]) == ["<EMAIL>", "x", "y"]
    numbers = pd.DataFrame({"employee_id": pd.arrays.SparseArray([412345.0, np.nan, 412346.0])})
    clean = sievert.redact(numbers)
    assert clean["employee_id"].isna().all() and list(clean.dtypes) == list(numbers.dtypes)
    whole = pd.DataFrame({"employee_id": pd.arrays.SparseArray([412345, 412346])})
    with pytest.warns(UserWarning, match="'employee_id' was Sparse.* and becomes Int64"):
        assert sievert.redact(whole)["employee_id"].dtype == "Int64"
