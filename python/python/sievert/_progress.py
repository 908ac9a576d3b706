"""How far a long run is, for people: tqdm where it is installed and someone looks."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

_PATIENCE = 2.0
"""Seconds before a bar is shown: short work needs none."""


class Bar:
    """Called with the bytes done and in all; shows a bar once the work turns out to be long."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._bar: Any = None
        self._wanted = "ipykernel" in sys.modules or sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None and self._wanted and time.monotonic() - self._started > _PATIENCE:
            try:
                from tqdm.auto import tqdm
            except ImportError:
                self._wanted = False
                return
            self._bar = tqdm(total=total or None, unit="B", unit_scale=True, desc="sievert")
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
