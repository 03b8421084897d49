"""The licence that our own words carry, said in one place."""

from __future__ import annotations

NAME = "CC BY 4.0"
ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
"""Our words and the selection of facts are free to use with attribution; sources keep the terms of their publishers."""
