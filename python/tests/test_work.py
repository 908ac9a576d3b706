"""The batch function behind the pipelines: it travels without its key and is one scanner in each process."""

import pickle
import socket
import subprocess
import sys

import pyarrow as pa
import pytest
from conftest import EMAIL, KEY, PSEUDONYMS
from sievert import IncompleteError, IncompleteWarning, PolicyError
from sievert._work import Identity, Work, built

BATCH = pa.record_batch({"mail": [EMAIL, "nothing"]})
SECRET = "ab" * 32
ELSEWHERE = """
import pickle, sys
import pyarrow as pa
from sievert._work import built
for pickled in [sys.stdin.buffer.read()] * 3:
    clean, _ = pickle.loads(pickled).redact(pa.record_batch({"mail": ["anna@example.org", "nothing"]}))
print(clean["mail"][0], built.cache_info().misses)
"""


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(KEY, SECRET)


def elsewhere(work, key):
    """What another process makes of it, with the key that it has."""
    environment = {KEY: key} if key else {}
    command = [sys.executable, "-c", ELSEWHERE]
    return subprocess.run(command, input=pickle.dumps(work), capture_output=True, env=environment)


def test_it_travels_by_the_name_of_its_key():
    pickled = pickle.dumps(Work(PSEUDONYMS))
    assert KEY.encode() in pickled
    assert SECRET.encode() not in pickled and bytes.fromhex(SECRET) not in pickled
    assert pickle.dumps(Work(dict(PSEUDONYMS))) == pickled, "the same work is the same bytes: caches go by them"


def test_another_process_makes_the_same_token_with_one_scanner():
    work = Work(PSEUDONYMS)
    clean, report = work.redact(BATCH, "here")
    out = elsewhere(work, SECRET).stdout.decode().split()
    assert out == [clean["mail"][0].as_py(), "1"] and out[0].startswith("EMAIL_")
    assert report.to_dict()["objects"][0]["object"] == "here"


@pytest.mark.parametrize(
    ("held", "says"), [(None, f"{KEY} is not set"), ("cd" * 32, f"the key in env:{KEY} is not the one")]
)
def test_a_process_without_the_key_is_named(held, says):
    error = elsewhere(Work(PSEUDONYMS), held).stderr.decode()
    assert f"PolicyError: worker {socket.gethostname()}, process " in error and says in error
    assert "cdcd" not in error


def test_another_version_and_another_plan_are_refused():
    work = Work(PSEUDONYMS)
    for identity, says in [
        (work._identity._replace(version="0.0.0"), "the job was made with 0.0.0; install the same"),
        (work._identity._replace(plan=""), "comes to another plan here"),
    ]:
        with pytest.raises(PolicyError, match=says):
            built(work._made_of, identity)


def test_a_key_that_was_changed_is_another_scanner(monkeypatch):
    before, _ = Work(PSEUDONYMS).redact(BATCH)
    monkeypatch.setenv(KEY, "cd" * 32)
    after, _ = Work(PSEUDONYMS).redact(BATCH)
    assert before["mail"][0] != after["mail"][0]
    assert Identity.of(Work(PSEUDONYMS).scanner).key


def test_what_is_not_examined_is_said():
    union = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array(["a"])])
    batch = pa.record_batch({"u": union})
    with pytest.raises(IncompleteError, match="batch 7"):
        Work().redact(batch, "batch 7")
    with pytest.warns(IncompleteWarning, match="union"):
        Work(on_incomplete="warn").redact(batch)
    with pytest.raises(ValueError, match="'raise' or 'warn'"):
        Work(on_incomplete="ignore")
