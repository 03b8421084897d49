"""Letters: without what tells two ways of typing apart, and those that nobody sees."""

from __future__ import annotations

import re
import unicodedata

# Controls that no page needs, and the bidirectional overrides with which text can be made to look like other text.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_MARKS = re.compile(r"[^\w\uffff]+")


def plain(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def alphabetical(text: str) -> tuple[str, str]:
    """A key that puts titles and names in the order of a Spanish or English dictionary.

    Accents and marks do not count, ñ comes after n; of two that differ by accents alone the same comes first each time.
    """
    bare = plain(unicodedata.normalize("NFC", text).lower().replace("ñ", "n\uffff"))
    return " ".join(_MARKS.sub(" ", bare).split()), text


def invisible(text: str) -> str:
    """The code of the first character that nobody sees and no page may hold, such as `200B`; empty where there is none."""
    found = UNWANTED.search(text)
    return f"{ord(found.group()):04X}" if found else ""
