"""Texts: findings with offsets that Python understands, and texts rewritten."""

import copy
import gc
import multiprocessing
import os
import pickle
import threading

import pytest
import sievert
from conftest import CARD, EMAIL
from sievert import Finding


def test_a_finding_says_where_what_and_why():
    text = f"Write to {EMAIL}, not to the printer."
    (found,) = sievert.scan_text(text)
    assert isinstance(found, Finding)
    assert found.detector == "global.email"
    assert text[found.start : found.end] == EMAIL
    assert found.confidence == "certain"
    assert "unmistakable" in found.why
    assert EMAIL not in repr(found)


@pytest.mark.parametrize("before", ["", "é", "\U0001f600", "\U0001f600é ", "\ud83d", "\udc00\ud83d x", "\u200b"])
def test_offsets_are_indices_of_the_str(before):
    text = f"{before} {EMAIL} ä {EMAIL}"
    found = sievert.scan_text(text)
    assert [text[f.start : f.end] for f in found] == [EMAIL, EMAIL]
    assert sievert.redact_text(text) == f"{before} <EMAIL> ä <EMAIL>"


def test_a_lone_surrogate_stays_and_hides_nothing():
    text = f"\udcff {EMAIL}"
    assert sievert.redact_text(text) == "\udcff <EMAIL>"


def test_a_text_without_findings_is_the_same_object():
    text = "nothing here, " * 3
    assert sievert.redact_text(text) is text
    assert sievert.scan_text("") == []


def test_the_field_is_evidence():
    text = "412345"
    assert sievert.scan_text(text) == []
    assert [f.detector for f in sievert.scan_text(text, field="employee_id")] == ["global.employee_id"]


def test_many_texts_are_as_many_single_ones():
    texts = [EMAIL, None, "", "x", f"\U0001f600 {EMAIL}", "\ud800"]
    scanner = sievert.Scanner()
    assert scanner.scan_texts(texts) == [[] if t is None else scanner.scan_text(t) for t in texts]
    assert scanner.redact_texts(texts) == [None if t is None else scanner.redact_text(t) for t in texts]
    assert scanner.redact_texts(iter(texts))[2] is texts[2]


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_of_python_is_as_it_was(on):
    texts = [EMAIL] * 5_000
    try:
        (gc.enable if on else gc.disable)()
        before = gc.get_stats()[0]["collections"]
        found = sievert.Scanner().scan_texts(texts)
        assert gc.isenabled() == on and len(found) == 5_000
        assert gc.get_stats()[0]["collections"] <= before + 1, "nothing of this is garbage"
    finally:
        gc.enable()


@pytest.mark.parametrize("wrong", [None, 5, b"canary", ["canary"]])
def test_a_text_that_is_none_is_a_type_error_without_its_value(wrong):
    with pytest.raises(TypeError) as raised:
        sievert.scan_text(wrong)
    assert "canary" not in str(raised.value)
    with pytest.raises(TypeError, match="text 1 is"):
        sievert.Scanner().scan_texts(["a", wrong if wrong is not None else 5])


def test_a_policy_that_drops_leaves_the_empty_text():
    policy = {"redact": [{"detectors": ["*"], "action": "drop-record"}]}
    assert sievert.redact_text(f"a {EMAIL}", policy=policy) == ""


def test_findings_pickle_and_copy():
    found = sievert.scan_text(EMAIL)
    assert pickle.loads(pickle.dumps(found)) == found == copy.deepcopy(found)


def test_a_scanner_is_chosen_by_detector_and_confidence():
    text = f"{EMAIL} 10.0.0.1"
    scanner = sievert.Scanner(detectors=["global.email"])
    assert scanner.redact_text(text) == "<EMAIL> 10.0.0.1"
    assert scanner.looked_for == ["global.email"]
    assert "names" in scanner.not_looked_for and "nl.bsn" in scanner.not_looked_for
    (known,) = sievert.Scanner(min_confidence="possible").scan_text(CARD)
    assert (known.confidence, known.why) == ("possible", ("example",)), "known from documentation"
    assert sievert.Scanner(min_confidence="certain").scan_text(CARD) == []


def test_wrong_choices_say_what_is_accepted():
    with pytest.raises(sievert.PolicyError, match="did you mean `global.email`"):
        sievert.Scanner(detectors=["global.emial"])
    with pytest.raises(ValueError, match="it takes 'possible', 'likely' or 'certain'"):
        sievert.Scanner(min_confidence="likley")
    with pytest.raises(TypeError, match="several selectors"):
        sievert.Scanner(detectors="global.email")


@pytest.mark.parametrize("work", ["scan_texts", "redact_texts"])
def test_one_text_is_not_many_characters(work):
    with pytest.raises(TypeError, match="texts is a str; scan_text and redact_text take one"):
        getattr(sievert.Scanner(), work)(EMAIL)


def test_a_scanner_pickles_as_its_policy_and_never_its_key(monkeypatch):
    monkeypatch.setenv("SIEVERT_TEST_KEY", "ab" * 32)
    policy = {"key": {"from": "env:SIEVERT_TEST_KEY"}, "redact": [{"detectors": ["*"], "action": "pseudonym"}]}
    scanner = sievert.Scanner(policy)
    pickled = pickle.dumps(scanner)
    assert b"SIEVERT_TEST_KEY" in pickled and b"abab" not in pickled
    there = pickle.loads(pickled)
    assert there.redact_text(EMAIL) == scanner.redact_text(EMAIL) != EMAIL
    assert there.plan_hash == scanner.plan_hash
    monkeypatch.delenv("SIEVERT_TEST_KEY")
    with pytest.raises(sievert.PolicyError, match="SIEVERT_TEST_KEY is not set"):
        pickle.loads(pickled)


def test_a_key_that_changes_is_seen_at_the_next_call(monkeypatch):
    policy = {"key": {"from": "env:SIEVERT_TEST_KEY"}, "redact": [{"detectors": ["*"], "action": "pseudonym"}]}
    monkeypatch.setenv("SIEVERT_TEST_KEY", "ab" * 32)
    first = sievert.redact_text(EMAIL, policy=policy)
    monkeypatch.setenv("SIEVERT_TEST_KEY", "cd" * 32)
    assert sievert.redact_text(EMAIL, policy=policy) != first


def test_threads_share_a_scanner_and_do_not_wait_for_the_gil():
    scanner = sievert.Scanner()
    long = f"{EMAIL} and plain words. " * 20_000
    done, ticks = threading.Event(), 0

    def work():
        scanner.scan_text(long)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        ticks += 1
    thread.join()
    assert ticks > 1_000, "the other thread held the interpreter"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_a_forked_process_goes_on_with_the_scanner():
    scanner = sievert.Scanner()
    scanner.scan_text(EMAIL)
    child = os.fork()
    if child == 0:
        os._exit(0 if scanner.redact_text(EMAIL) == "<EMAIL>" else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_spawned_process_makes_its_own_scanner():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(sievert.Scanner().redact_text, (EMAIL,)) == "<EMAIL>"
