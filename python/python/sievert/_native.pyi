"""The native half of the package. Not for use from outside: it changes without notice."""

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import Any, TypeVar

from ._finding import Finding

_Text = TypeVar("_Text", str, str | None)

__version__: str

class Batches:
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    @property
    def changed(self) -> list[int]: ...
    @property
    def dropped(self) -> list[int]: ...
    @property
    def names(self) -> list[str]: ...

class Plan:
    def __new__(
        cls,
        text: str | None,
        file: str,
        detectors: list[str],
        min_confidence: str | None,
        functions: Sequence[tuple[str, Callable[[list[str]], Any]]],
    ) -> Plan: ...
    def scan_texts(self, texts: Iterable[str | None], field: str) -> list[list[Finding]]: ...
    def redact_texts(self, texts: Iterable[_Text], field: str) -> list[_Text]: ...
    def show(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def looked_for(self) -> list[str]: ...
    @property
    def not_looked_for(self) -> list[str]: ...
    @property
    def key(self) -> str: ...
    @property
    def key_id(self) -> str: ...

def check_policy(text: str, file: str) -> None: ...
def detectors() -> list[dict[str, Any]]: ...
def explain(name: str) -> str | None: ...
def merge(reports: list[str]) -> str: ...
def named_policies() -> list[tuple[str, str]]: ...
def redact_files(
    plan: Plan,
    *,
    inputs: list[str],
    folder: str | PathLike[str],
    state: str | PathLike[str],
    overwrite: bool,
    threads: int | None,
    progress: Callable[[int, int], object] | None,
) -> str: ...
def run_frame(
    plan: Plan,
    *,
    data: Any,
    name: str,
    unread: list[tuple[str, int, str]],
    redact: bool,
    findings: str | PathLike[str] | None,
    sample: str | None,
    rows: int | None,
    threads: int | None,
    progress: Callable[[int, int], object] | None,
) -> tuple[str, Batches | None]: ...
def save(report: str, path: str) -> None: ...
def scan_files(
    plan: Plan,
    *,
    inputs: list[str],
    since: str | PathLike[str] | None,
    sample: str | None,
    threads: int | None,
    progress: Callable[[int, int], object] | None,
) -> str: ...
def summary(report: str) -> str: ...
