"""Find and rewrite personal, health and secret data.

Light to import: what only some calls need is imported by them.

>>> import sievert
>>> sievert.redact_text("Write to anna@example.org, not to the printer.")
'Write to <EMAIL>, not to the printer.'
"""

from ._detectors import Detector, detectors, explain
from ._errors import FormatError, IncompleteError, IncompleteWarning, PolicyError, SievertError, StoreError
from ._finding import Confidence, Finding
from ._namespace import register as _register
from ._native import __version__
from ._policy import Policy, PolicyLike
from ._report import Report, merge
from ._scanner import Scanner, findings, redact, redact_file, redact_text, scan, scan_text
from ._show import show

__all__ = [
    "Confidence",
    "Detector",
    "Finding",
    "FormatError",
    "IncompleteError",
    "IncompleteWarning",
    "Policy",
    "PolicyError",
    "PolicyLike",
    "Report",
    "Scanner",
    "SievertError",
    "StoreError",
    "__version__",
    "detectors",
    "explain",
    "findings",
    "merge",
    "redact",
    "redact_file",
    "redact_text",
    "scan",
    "scan_text",
    "show",
]

_register()
