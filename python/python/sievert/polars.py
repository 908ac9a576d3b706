"""Importing this module gives polars frames, lazy frames and series their ``sievert``.

``import sievert`` does so by itself where polars was imported before it.
"""

from ._namespace import Namespace, register_polars

__all__ = ["Namespace"]

register_polars()
