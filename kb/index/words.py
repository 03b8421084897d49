"""The words of a language's passages as they are written: what a typing error may have been meant for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from kb.content.letters import plain

WORD = re.compile(r"[^\W\d_]{3,}")


def write_words(path: Path, texts: Iterable[str]) -> None:
    """Writes `word<TAB>passages` lines, the most frequent first. Of spellings that differ in accents the usual one is kept."""
    counts = Counter(word for text in texts for word in set(WORD.findall(text.lower())))
    written: dict[str, Counter[str]] = {}
    for word, count in counts.items():
        written.setdefault(plain(word), Counter())[word] = count
    usual = [(max(forms, key=lambda form: (forms[form], form)), forms.total()) for forms in written.values()]
    usual.sort(key=lambda pair: (-pair[1], pair[0]))
    path.write_text("".join(f"{word}\t{count}\n" for word, count in usual), encoding="utf-8")


def read_words(path: Path) -> dict[str, tuple[str, int]]:
    """Each word without accents, to how it is written and in how many passages it stands."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, count = line.partition("\t")
        found[plain(word)] = (word, int(count))
    return found
