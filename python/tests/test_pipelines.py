"""Dask, datatrove and PyTorch, each the real one."""

import json

import pandas as pd
import pytest
import sievert
from conftest import EMAIL, KEY, PSEUDONYMS
from sievert import IncompleteError, IncompleteWarning

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


def documents():
    from datatrove.data import Document

    for n in range(5):
        metadata = {"author": f"p{n}@example.org", "score": n / 2, "tags": ["a", EMAIL]}
        yield Document(text=f"write to p{n}@example.org" if n % 2 else "nothing", id=f"doc-{n}", metadata=metadata)


def test_datatrove_documents_are_rewritten(tmp_path):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from sievert.datatrove import Redact

    (tmp_path / "raw").mkdir()
    for part in range(2):
        lines = [json.dumps({"text": d.text, "id": f"{part}-{d.id}", **d.metadata}) for d in documents()]
        (tmp_path / "raw" / f"{part}.jsonl").write_text("\n".join(lines))
    steps = [
        JsonlReader(str(tmp_path / "raw")),
        Redact(reports=str(tmp_path / "reports"), batch_size=2),
        JsonlWriter(str(tmp_path / "clean"), compression=None),
    ]
    LocalPipelineExecutor(steps, tasks=2, workers=2, logging_dir=str(tmp_path / "logs")).run()
    clean = [json.loads(line) for path in (tmp_path / "clean").iterdir() for line in path.read_text().splitlines()]
    assert {row["text"] for row in clean} == {"write to <EMAIL>", "nothing"} and len(clean) == 10
    assert {row["metadata"]["author"] for row in clean} == {"<EMAIL>"}
    assert clean[3]["metadata"]["tags"] == ["a", "<EMAIL>"] and clean[3]["metadata"]["score"] == 1.5
    assert clean[3]["id"].endswith("-doc-3")
    report = sievert.merge(map(sievert.Report.load, (tmp_path / "reports").iterdir()))
    assert report.to_dict()["ledger"]["records"]["total"] == 10
    assert report.by_field()["metadata.author"]["detectors"]["global.email"]["certain"] == 10


def test_datatrove_documents_are_dropped_and_media_are_said():
    from datatrove.data import Media
    from sievert.datatrove import Redact

    policy = {**DROP, "scan": {"skip_fields": ["metadata.*"]}}
    assert [document.id for document in Redact(policy).run(documents())] == ["doc-0", "doc-2", "doc-4"]
    pictured = list(documents())[:1]
    pictured[0].media = [Media(id="m", type=0, url="http://example.org/a.png")]
    with pytest.raises(IncompleteError, match="media"):
        list(Redact().run(pictured))
    with pytest.warns(IncompleteWarning):
        assert list(Redact(on_incomplete="warn").run(pictured))[0].media == pictured[0].media


def test_torch_datasets_are_rewritten_in_workers():
    torch = pytest.importorskip("torch", reason="torch is tested where it is installed")
    from sievert.torch import Redact

    texts = [f"write to {EMAIL}", "nothing", f"{EMAIL}, or not"]
    assert list(Redact(texts)) == ["write to <EMAIL>", "nothing", "<EMAIL>, or not"]
    rows = [{"text": text, "label": at, "nest": {"who": [EMAIL]}} for at, text in enumerate(texts)]
    clean = list(Redact(rows, batch_size=2))
    assert clean[0] == {"text": "write to <EMAIL>", "label": 0, "nest": {"who": ["<EMAIL>"]}}
    assert list(Redact(texts, DROP)) == ["nothing"]
    with pytest.raises(IncompleteError, match="neither texts nor numbers"):
        list(Redact([{"text": EMAIL, "image": torch.zeros(2, 2)}]))
    with pytest.warns(IncompleteWarning):
        (kept,) = Redact([{"text": EMAIL, "image": torch.zeros(2, 2)}], on_incomplete="warn")
    assert kept["text"] == "<EMAIL>" and kept["image"].shape == (2, 2)
    loader = torch.utils.data.DataLoader(
        Redact(texts), batch_size=None, num_workers=1, multiprocessing_context="spawn"
    )
    assert list(loader) == list(Redact(texts))
