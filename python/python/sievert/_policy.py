"""Policies: what to look for and what to do with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Union

from . import _native
from ._errors import PolicyError
from ._toml import to_toml

PolicyLike = Union["Policy", Mapping[str, Any], str, "os.PathLike[str]", None]
"""What every ``policy=`` takes: a :class:`Policy`, a dictionary, the name of a built-in policy, the path of a TOML
file, TOML text of more than one line, or ``None`` for the built-in default."""


_DICT = "dict"
"""What errors call a policy that was a dictionary."""


class Policy:
    """What to look for and what to do with it, as written. ``Policy()`` is the built-in ``default``.

    >>> from sievert import Policy
    >>> policy = Policy.from_dict({"version": 1, "redact": [{"detectors": ["*"], "action": "mask"}]})
    >>> import sievert
    >>> sievert.redact_text("Write to anna@example.org", policy=policy)
    'Write to ****@*******.***'
    """

    __slots__ = ("_file", "_text")
    _text: str
    _file: str

    def __init__(self, text: str | None = None, *, file: str = "policy") -> None:
        if text is None:
            text, file = dict(_native.named_policies())["default"], "default"
        self._text, self._file = text, file
        with _without_lines(file):
            _native.check_policy(text, file)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Policy:
        """The built-in policy of this name (``default``, ``strict``, ``secrets``), or the TOML file of this path."""
        path = os.fspath(path)
        named = dict(_native.named_policies())
        if path in named:
            return cls(named[path], file=path)
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            names = ", ".join(named)
            why = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise PolicyError(f"{path}: {why}; check the path, or name a built-in policy: {names}") from None
        return cls(text, file=path)

    @classmethod
    def from_dict(cls, policy: Mapping[str, Any]) -> Policy:
        """The policy that a dictionary spells, with the keys of the TOML form; ``version`` may be left out."""
        written = {"version": 1, **policy}
        return cls(to_toml(written), file=_DICT)

    @classmethod
    def of(cls, policy: PolicyLike) -> Policy:
        """Whatever a ``policy=`` takes, as a policy."""
        if isinstance(policy, Policy):
            return policy
        if policy is None:
            return cls()
        if isinstance(policy, Mapping):
            return cls.from_dict(policy)
        if isinstance(policy, str) and "\n" in policy:
            return cls(policy)
        if isinstance(policy, (str, os.PathLike)):
            return cls.load(policy)
        kind = type(policy).__name__
        raise TypeError(f"policy is {kind}; it takes a Policy, a dict, a path, a built-in name, TOML text or None")

    def check(self) -> None:
        """Raises :class:`PolicyError` with everything that is wrong: unknown ids, entries never reached, a missing
        key, failing examples."""
        self._plan((), None)

    def show(self) -> str:
        """The plan that the policy comes to, as text."""
        return self._plan((), None).show()

    def _plan(self, detectors: tuple[str, ...], min_confidence: str | None) -> _native.Plan:
        with _without_lines(self._file):
            return _native.Plan(self._text, self._file, list(detectors), min_confidence)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and (self._text, self._file) == (other._text, other._file)

    def __hash__(self) -> int:
        return hash((self._text, self._file))

    def __repr__(self) -> str:
        return f"<sievert.Policy {self._file}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._text, self._file)


def _restore(text: str, file: str) -> Policy:
    return Policy(text, file=file)


@contextmanager
def _without_lines(file: str) -> Iterator[None]:
    """A dictionary has no lines: what an error says of them is taken out."""
    try:
        yield
    except PolicyError as error:
        if file != _DICT:
            raise
        import re

        raise PolicyError(re.sub(rf"^{_DICT}:\d+", _DICT, str(error), flags=re.MULTILINE)) from None
