"""PyTorch: a dataset that is read once, wrapped. It needs pandas and pyarrow."""

# The types are checked where torch is not.
# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import torch.utils.data

from ._policy import PolicyLike
from ._rows import redact_rows
from ._scanner import OnIncomplete, Scanner
from ._work import Work


class Redact(torch.utils.data.IterableDataset):  # type: ignore[type-arg,misc,unused-ignore]
    """The samples of a dataset, or of anything that is iterated, rewritten: texts, or dictionaries with texts, numbers and
    nests of them. A sample that the policy drops goes. What a dictionary holds beside these, such as tensors, is not
    examined: it raises :class:`IncompleteError`, or with ``on_incomplete="warn"`` is handed on.

    The workers of a ``DataLoader`` build their scanner once each. How they share the samples out is up to ``source``.
    """

    def __init__(
        self,
        source: Iterable[Any],
        policy: PolicyLike | Scanner = None,
        *,
        on_incomplete: OnIncomplete = "raise",
        batch_size: int = 256,
    ) -> None:
        self._source: Iterable[Any] = source
        self._work: Work = Work(policy, on_incomplete=on_incomplete)
        self._batch_size: int = batch_size

    def __iter__(self) -> Iterator[Any]:
        samples = iter(self._source)
        while batch := list(islice(samples, self._batch_size)):
            texts = [isinstance(sample, str) for sample in batch]
            rows = [{"": sample} if text else sample for sample, text in zip(batch, texts)]
            done, _ = redact_rows(self._work, rows)
            for text, row in zip(texts, done):
                if row is not None:
                    yield row[""] if text else row
