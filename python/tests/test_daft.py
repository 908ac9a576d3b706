"""Daft, the real one."""

import pyarrow as pa
import pytest

daft = pytest.importorskip("daft", reason="daft is not in this environment (it is in test-clusters)")

import sievert  # noqa: E402
import sievert.daft  # noqa: E402
from conftest import EMAIL, KEY, PSEUDONYMS  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # what the engine says of itself
DROP = {"redact": [{"detectors": ["*"], "action": "drop-record"}]}
ROWS = {"mail": [f"p{n}@example.org" if n % 3 else "nothing" for n in range(100)], "n": list(range(100))}


@pytest.mark.parametrize("partitions", [1, 4])
def test_frames_are_rewritten_as_one_machine_does(partitions, monkeypatch):
    monkeypatch.setenv(KEY, "ab" * 32)
    frame = daft.from_pydict(ROWS).into_partitions(partitions)
    alone, report = sievert.redact(pa.table(ROWS), policy=PSEUDONYMS, return_report=True)
    clean = sievert.daft.redact(frame, policy=PSEUDONYMS)
    assert clean.column_names == ["mail", "n"] and clean.sort("n").to_pydict() == alone.to_pydict()
    assert sievert.daft.redact(frame, policy=DROP).sort("n").to_pydict()["n"] == list(range(0, 100, 3))
    found = sievert.daft.scan(frame, policy=PSEUDONYMS)
    assert found.by_field()["mail"]["cells"] == 100 and found.findings == report.findings == 66


def test_frames_lose_personal_names_and_keep_nests():
    frame = daft.from_pydict({EMAIL: [1, 2], "who": [[{"mail": EMAIL}], []]})
    clean = sievert.daft.redact(frame)
    assert clean.to_pydict() == {"<EMAIL>": [1, 2], "who": [[{"mail": "<EMAIL>"}], []]}
    assert sievert.daft.scan(frame.where(daft.col(EMAIL) > 5)).findings == 1, "the name itself"
