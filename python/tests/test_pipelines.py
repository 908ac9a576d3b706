"""Dask, the real one."""

import pandas as pd
import pytest
import sievert
from conftest import KEY, PSEUDONYMS

DROP = {"redact": [{"detectors": ["global.email"], "action": "drop-record"}, {"detectors": ["*"], "action": "replace"}]}


@pytest.mark.filterwarnings("ignore:Computing mixed collections")
def test_dask_frames_are_rewritten_by_processes(monkeypatch):
    import dask
    import dask.dataframe as dd
    import sievert.dask

    monkeypatch.setenv(KEY, "ab" * 32)
    frame = pd.DataFrame({"mail": [f"p{n % 5}@example.org" for n in range(40)], "n": range(40)})
    lazy = dd.from_pandas(frame, npartitions=4)
    clean, report = sievert.dask.redact(lazy, policy=PSEUDONYMS, return_report=True)
    with dask.config.set(scheduler="processes", num_workers=2):
        new, about = dask.compute(clean, report)
    pd.testing.assert_frame_equal(new, sievert.redact(frame, policy=PSEUDONYMS), check_dtype=False)
    assert about.to_dict()["ledger"]["records"]["total"] == 40
    assert about.by_detector() == sievert.dask.scan(lazy, policy=PSEUDONYMS).by_detector()
    assert sievert.dask.redact(lazy, policy=DROP).compute().empty
