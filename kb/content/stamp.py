"""Marks translations as made from the original as it stands now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from kb.content.library import Library, words_fingerprint

_LINE = re.compile(r"^fingerprint:.*$", re.MULTILINE)


def stamp_translations(library: Library, ids: Sequence[str]) -> Iterator[Path]:
    """Writes the current fingerprint into the translations of `ids` (`all` for every entry); yields changed files.

    Raises:
        NotFoundError: an id names no entry.
    """
    chosen = list(library.everything.values()) if "all" in ids else [library.get(entry_id) for entry_id in ids]
    for entry in chosen:
        current = words_fingerprint(entry.original)
        for page in entry.pages.values():
            if not page.is_original and page.fingerprint != current:
                file = library.folder / page.path
                text = file.read_text(encoding="utf-8")
                file.write_text(_LINE.sub(f'fingerprint: "{current}"', text, count=1), encoding="utf-8")
                yield file
