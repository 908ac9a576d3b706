"""datatrove: a step of a pipeline. It needs pandas and pyarrow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from datatrove.data import Document
from datatrove.io import DataFolder, DataFolderLike, get_datafolder
from datatrove.pipeline.base import PipelineStep

from ._policy import PolicyLike
from ._report import Report, merge
from ._rows import redact_rows
from ._scanner import OnIncomplete, Scanner
from ._work import Work


class Redact(PipelineStep):  # type: ignore[misc,unused-ignore]
    """Rewrites text, id and metadata of documents; one that the policy drops goes. Media are not examined.

    In the folder ``reports`` every rank leaves its report, as ``00000.json``: a rank that is run again writes over what
    it wrote. ``sievert report merge`` adds them up.
    """

    name: str = "Sievert"
    type: str = "REDACT"
    _requires_dependencies: list[str] = ["pandas", "pyarrow"]

    def __init__(
        self,
        policy: PolicyLike | Scanner = None,
        *,
        on_incomplete: OnIncomplete = "raise",
        reports: DataFolderLike | None = None,
        batch_size: int = 1000,
    ) -> None:
        super().__init__()
        self._work: Work = Work(policy, on_incomplete=on_incomplete)
        self._reports: DataFolder | None = None if reports is None else get_datafolder(reports)
        self._batch_size: int = batch_size

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Hands on the documents of ``data``, rewritten."""
        total: list[Report] = []
        documents = iter(data or ())
        while batch := list(islice(documents, self._batch_size)):
            with self.track_time("batch"):
                done, report = redact_rows(self._work, list(map(_row, batch)), f"rank {rank}, batch {len(total)}")
            total.append(report)
            for document, row in zip(batch, done):
                self.stat_update("dropped" if row is None else "forwarded")
                if row is not None:
                    yield _rewritten(document, row)
        if self._reports is not None and total:
            with self._reports.open(f"{rank:05d}.json", "w") as file:
                file.write(merge(total).to_json())


def _row(document: Document) -> dict[str, Any]:
    row = {"text": document.text, "id": document.id}
    row.update({f"metadata.{key}": value for key, value in document.metadata.items()})
    return {**row, "media": document.media} if document.media else row


def _rewritten(document: Document, row: dict[str, Any]) -> Document:
    document.text, document.id = row.pop("text") or "", row.pop("id")
    row.pop("media", None)
    document.metadata = {key.removeprefix("metadata."): value for key, value in row.items()}
    return document
