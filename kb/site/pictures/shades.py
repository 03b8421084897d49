"""How dark a number is drawn. Shades only support the number itself, which always stands beside them."""

from __future__ import annotations

SHADES = 4


def shade(count: int, most: int) -> int:
    """0 for nothing, else 1 to 4 in equal steps up to the greatest number."""
    return -(-count * SHADES // most) if count else 0
