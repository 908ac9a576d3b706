"""Policies in all the forms that a `policy=` takes, and what is said of wrong ones."""

import pickle

import pytest
import sievert
from conftest import EMAIL
from sievert import Policy, PolicyError

MASK = {"redact": [{"detectors": ["*"], "action": "mask", "keep_last": 4}]}
MASK_TOML = 'version = 1\n[[redact]]\ndetectors = ["*"]\naction = "mask"\nkeep_last = 4\n'


def test_one_policy_in_every_form_does_one_thing(tmp_path):
    path = tmp_path / "mask.toml"
    path.write_text(MASK_TOML)
    done = {
        sievert.redact_text(EMAIL, policy=policy)
        for policy in (MASK, MASK_TOML, path, str(path), Policy.load(path), Policy(MASK_TOML), Policy.from_dict(MASK))
    }
    assert done == {"****@******e.org"}


def test_built_in_policies_have_names():
    assert sievert.redact_text(EMAIL, policy="secrets") == EMAIL
    assert sievert.redact_text(EMAIL, policy="default") == sievert.redact_text(EMAIL) == "<EMAIL>"


def test_a_dictionary_may_hold_every_kind_of_entry():
    policy = Policy.from_dict(
        {
            "name": 'quotes " and \\ and \x7f and é',
            "scan": {"detectors": ["*"], "skip_fields": ["id"], "min_confidence": "likely"},
            "redact": [{"detectors": ["*"], "action": "replace", "with": "[\U0001f600]"}],
            "allow": [{"detector": "global.email", "exact": ["help@example.com"], "reason": "public"}],
            "detector": [{"id": "acme.customer", "pattern": r"\bAC-\d{8}\b", "examples": ["AC-00412345"]}],
        }
    )
    policy.check()
    scanner = sievert.Scanner(policy)
    assert scanner.redact_text(f"{EMAIL} help@example.com AC-00412345") == "[\U0001f600] help@example.com AC-00412345"
    found = scanner.scan_text("AC-00412345")
    assert [f.detector for f in found] == ["acme.customer"]
    assert scanner.scan_text(EMAIL, field="id") == []


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"scan": {"detecters": []}}, "dict: unknown key `detecters`; did you mean `detectors`?"),
        ({"redact": [{"detectors": ["*"], "action": "psuedonym"}]}, "did you mean `pseudonym`?"),
        ({"scan": {"detectors": ["nl.bns"]}}, "did you mean `nl.bsn`?"),
        ({"redact": [{"detectors": ["*"], "action": "pseudonym"}]}, "key"),
        ("no-such-file.toml", "no-such-file.toml: No such file or directory; check the path, or name a built-in"),
        ("version = 1\n[scan\n", "policy:2"),
    ],
)
def test_a_wrong_policy_says_where_and_what_was_meant(policy, said):
    with pytest.raises(PolicyError) as raised:
        sievert.Scanner(policy)
    assert said in str(raised.value)
    assert "dict:" not in str(raised.value).replace("dict: ", "")


def test_check_finds_what_only_the_plan_can_know():
    policy = Policy.from_dict({"scan": {"detectors": ["nl.bns"]}})
    with pytest.raises(PolicyError, match=r"nl\.bsn"):
        policy.check()
    with pytest.raises(PolicyError):
        policy.show()
    assert "global.email" in Policy().show()


def test_no_error_repeats_a_value():
    allow = {"detector": "global.email", "reason": "r", "pattern": "canary("}
    for exact in ({"canary"}, [object()], "canary"):
        wrong = {"allow": [{**allow, "exact": exact}]}
        with pytest.raises((PolicyError, TypeError)) as raised:
            sievert.Scanner(wrong)
        assert "canary" not in str(raised.value)


def test_other_types_are_told_what_is_accepted():
    with pytest.raises(TypeError, match="policy is int; it takes a Policy, a dict"):
        sievert.scan_text("", policy=5)
    with pytest.raises(TypeError, match="holds object; write text"):
        Policy.from_dict({"name": object()})


def test_policies_compare_hash_and_pickle():
    policy = Policy.from_dict(MASK)
    assert pickle.loads(pickle.dumps(policy)) == policy == Policy.from_dict(MASK) != Policy()
    assert len({policy, Policy.from_dict(MASK)}) == 1


def test_policy_errors_are_value_errors_and_all_have_one_base():
    assert issubclass(PolicyError, ValueError)
    for error in (PolicyError, sievert.StoreError, sievert.FormatError, sievert.IncompleteError):
        assert issubclass(error, sievert.SievertError)
