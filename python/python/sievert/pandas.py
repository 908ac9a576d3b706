"""Importing this module gives pandas frames, series and indexes their ``sievert``.

``import sievert`` does so by itself where pandas was imported before it.
"""

from ._namespace import Namespace, register_pandas

__all__ = ["Namespace"]

register_pandas()
