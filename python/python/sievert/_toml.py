"""Dictionaries as TOML: just as much as a policy needs, since the standard library reads TOML and does not write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def to_toml(table: Mapping[str, Any]) -> str:
    """The text of a table; a list of tables becomes ``[[name]]`` sections, a key of value ``None`` is left out."""
    plain, sections = [], []
    for key, value in table.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            sections.append(f"[{_key(key)}]\n{to_toml(value)}")
        elif isinstance(value, (list, tuple)) and value and all(isinstance(item, Mapping) for item in value):
            sections.extend(f"[[{_key(key)}]]\n{to_toml(item)}" for item in value)
        else:
            plain.append(f"{_key(key)} = {_value(key, value)}\n")
    return "".join(plain + sections)


def _key(key: Any) -> str:
    return _string(str(key))


def _string(text: str) -> str:
    # JSON's escapes are TOML's, except that TOML has no surrogate pairs and wants U+007F escaped.
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return "[" + ", ".join(_value(key, item) for item in value) + "]"
    # The value itself may be personal: only its type is told.
    raise TypeError(f"policy key {key!r} holds {type(value).__name__}; write text, a number, a truth value or a list")
