"""Functions as detectors: what they find is found like anything else, and what they fail on is never passed on."""

import os
import pickle
import re
import signal
import threading
import time

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sievert
from conftest import EMAIL
from sievert import IncompleteError, IncompleteWarning, Policy, PolicyError, SievertError


def captains(text):
    """The names of captains; a text that says boom is too much for it."""
    if "boom" in text:
        raise ValueError(f"canary {text}")
    return [found.span() for found in re.finditer("(?<=Captain )[A-Z][a-z]+", text)]


def many_captains(texts):
    return [captains(text) for text in texts]


def of(**entry):
    return {"detector": [{"id": "acme.captain", **entry}]}


FIND = of(find=captains, context=["crew"])
BATCH = of(find_batch=many_captains, context=["crew"])
BOTH = pytest.mark.parametrize("policy", [FIND, BATCH], ids=["find", "find_batch"])


@BOTH
def test_a_function_finds_what_a_pattern_would(policy):
    text = f"\U0001f600 Captain Nemo <{EMAIL}>"
    scanner = sievert.Scanner(policy)
    captain, email = scanner.scan_text(text)
    assert (captain.detector, captain.confidence, captain.why) == ("acme.captain", "likely", ("recognized",))
    assert text[captain.start : captain.end] == "Nemo" and email.detector == "global.email"
    assert scanner.redact_text(text) == "\U0001f600 Captain <CAPTAIN> <<EMAIL>>"
    assert scanner.scan_text(text, field="crew")[0].confidence == "certain", "the field's name is a second proof"
    assert scanner.redact_texts([None, "", text[2:]] * 300)[2::3] == ["Captain <CAPTAIN> <<EMAIL>>"] * 300
    assert "acme.captain" in scanner.looked_for


@BOTH
@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_it_finds_in_frames_and_what_it_fails_on_is_null(policy, make):
    frame = make({"note": ["Captain Nemo", "boom Captain Ahab", EMAIL], "n": [1, 2, 3]})
    reason = r"field note, 1 cells: acme.captain: its function raised ValueError \(test_functions.py:\d+\)"
    with pytest.raises(IncompleteError, match=reason) as raised:
        sievert.redact(frame, policy=policy)
    assert "canary" not in str(raised.value) and "Ahab" not in raised.value.report.to_json()
    assert raised.value.report.to_dict()["ledger"]["cells"]["failed"] == 1
    with pytest.warns(IncompleteWarning):
        clean = sievert.redact(frame, policy=policy, on_incomplete="warn")
    notes = clean["note"].to_pylist() if make is pa.table else list(clean["note"])
    assert [None if note != note else note for note in notes] == ["Captain <CAPTAIN>", None, "<EMAIL>"]
    report = sievert.scan(frame, policy=policy)
    assert not report.complete and report.by_detector()["acme.captain"]["likely"] == 1


def test_it_finds_in_files(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("note\n" + "Captain Nemo\n" * 5_000 + "boom\n")
    with pytest.raises(IncompleteError):
        sievert.redact_file(path, tmp_path / "out.csv", policy=FIND)
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert set(lines[1:5_001]) == {"Captain <CAPTAIN>"} and "boom" not in lines


@BOTH
def test_a_text_that_it_fails_on_raises(policy):
    scanner = sievert.Scanner(policy)
    for call in (scanner.scan_texts, scanner.redact_texts):
        with pytest.raises(SievertError, match="text 2 was not examined: acme.captain: its function raised") as raised:
            call(["fine", None, "boom canary"])
        assert "canary" not in str(raised.value) and raised.value.__cause__ is None


@pytest.mark.parametrize(
    "wrong",
    [None, 5, ["ab"], [(0,)], [(0, 99)], [(2, 1)], [(-1, 2)], [(0, 1, "sure")], [("0", 1)], [(0, 1, "likely", 4)]],
)
def test_what_is_no_span_is_a_failure(wrong):
    for policy in (of(find=lambda text: wrong), of(find_batch=lambda texts: [wrong for _ in texts])):
        with pytest.raises(SievertError, match="not examined"):
            sievert.scan_text("text", policy=policy)
    with pytest.raises(SievertError, match="not examined"):
        sievert.scan_text("text", policy=of(find_batch=lambda texts: []))


def test_it_may_be_certain():
    policy = of(find=lambda text: [(0, 4, "certain")])
    assert sievert.scan_text("text", policy=policy)[0].confidence == "certain"


def test_examples_are_checked_and_a_function_must_be_there():
    policy = Policy.from_dict(of(find=captains, examples=["Captain [[Nemo]]"], counter_examples=["Captain"]))
    policy.check()
    with pytest.raises(PolicyError, match="does not find this example"):
        Policy.from_dict(of(find=captains, examples=["Nemo"])).check()
    with pytest.raises(PolicyError, match="found by the function test_functions.captains, which is not here"):
        Policy(policy._text).check()
    with pytest.raises(PolicyError, match="has a function and a pattern"):
        Policy.from_dict(of(find=captains, pattern="x")).check()
    with pytest.raises(TypeError, match="'find' holds str; it takes a function"):
        Policy.from_dict(of(find="canary"))
    with pytest.raises(TypeError, match="two functions"):
        Policy.from_dict(of(find=captains, find_batch=captains))


def test_policies_with_functions_pickle_by_their_names_and_compare():
    policy = Policy.from_dict(FIND)
    assert pickle.loads(pickle.dumps(policy)) == policy != Policy.from_dict(of(find=len, context=["crew"]))
    scanner = pickle.loads(pickle.dumps(sievert.Scanner(FIND)))
    assert scanner.redact_text("Captain Nemo") == "Captain <CAPTAIN>"
    assert scanner.plan_hash == sievert.Scanner(FIND).plan_hash != sievert.Scanner().plan_hash
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(Policy.from_dict(of(find=lambda text: [])))


def test_an_interrupt_reaches_through_a_slow_function():
    calls = []

    def slow(text):
        calls.append(text)
        time.sleep(0.001)
        return []

    frame = pa.table({"a": [f"text {n}" for n in range(5_000)]})
    for call in (sievert.scan, lambda data, policy: sievert.Scanner(policy).scan_texts(data["a"].to_pylist())):
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        calls.clear()
        with pytest.raises(KeyboardInterrupt):
            call(frame, policy=of(find=slow))
        assert 0 < len(calls) < 5_000
