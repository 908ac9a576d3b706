"""Policies: what to look for and what to do with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Union

from . import _native
from ._errors import PolicyError
from ._function import Function
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

    __slots__ = ("_file", "_functions", "_text")
    _text: str
    _file: str
    _functions: dict[str, Function]

    def __init__(self, text: str | None = None, *, file: str = "policy") -> None:
        if text is None:
            text, file = dict(_native.named_policies())["default"], "default"
        self._text, self._file, self._functions = text, file, {}
        with _without_lines(file):
            _native.check_policy(text, file)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Policy:
        """The built-in policy of this name (``default``, ``strict``, ``secrets``), or the TOML file of this path."""
        path = os.fspath(path)
        if not path:
            raise PolicyError("the policy's name is empty; name a file or a built-in policy, or leave it out")
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
        """The policy that a dictionary spells, with the keys of the TOML form; ``version`` may be left out.

        A detector may have a function in place of patterns: ``find``, which takes a text, or ``find_batch``, which takes
        a list of texts and gives a list for each. What it finds are pairs of indices, ``(start, end)``, or triples with
        ``"certain"`` behind; without that a finding is ``"likely"``. That is slow: each text becomes a ``str`` and waits
        for the interpreter. Where it raises, the text counts as not examined and is not passed on. To be pickled, it
        must be a function that pickle finds by its name.

        >>> import re, sievert
        >>> def find(text):
        ...     return [found.span() for found in re.finditer("(?<=Captain )[A-Z][a-z]+", text)]
        >>> policy = {"detector": [{"id": "acme.captain", "find": find}]}
        >>> sievert.redact_text("Captain Nemo dived", policy=policy)
        'Captain <CAPTAIN> dived'
        """
        if not isinstance(policy, Mapping):
            raise TypeError(f"policy is {type(policy).__name__}; from_dict takes a dictionary")
        functions: dict[str, Function] = {}
        written = {"version": 1, **policy}
        detectors = written.get("detector")
        if isinstance(detectors, (list, tuple)):
            written["detector"] = [_named(entry, functions) for entry in detectors]
        made = cls(to_toml(written), file=_DICT)
        made._functions = functions
        return made

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
            functions = list(self._functions.items())
            return _native.Plan(self._text, self._file, list(detectors), min_confidence, functions)

    def __eq__(self, other: object) -> bool:
        mine = (self._text, self._file, self._functions)
        return isinstance(other, Policy) and mine == (other._text, other._file, other._functions)

    def __hash__(self) -> int:
        return hash((self._text, self._file))

    def __repr__(self) -> str:
        return f"<sievert.Policy {self._file}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._text, self._file, self._functions)


def _restore(text: str, file: str, functions: dict[str, Function]) -> Policy:
    policy = Policy(text, file=file)
    policy._functions = functions
    return policy


def _named(entry: Any, functions: dict[str, Function]) -> Any:
    """A detector's entry with the name of its function in the function's place."""
    if not isinstance(entry, Mapping):
        return entry
    entry = dict(entry)
    for key in ("find", "find_batch"):
        if key in entry:
            find = entry.pop(key)
            if not callable(find):
                raise TypeError(f"policy key {key!r} holds {type(find).__name__}; it takes a function")
            function = Function(find, many=key == "find_batch")
            if "function" in entry:
                raise TypeError("a detector of the policy has two functions; write two detectors")
            functions[str(entry.get("id"))] = function
            entry["function"] = function.name
    return entry


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
