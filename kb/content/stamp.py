"""Marks translations as made from the original as it stands now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from kb.content.library import Library, words_fingerprint
from kb.content.model import Entry
from kb.sentences import Sentence

EVERY = "all"
_LINE = re.compile(r"^fingerprint:.*$", re.MULTILINE)


def stamp_translations(library: Library, ids: Sequence[str]) -> Iterator[Sentence]:
    """Writes the current fingerprint into the translations of `ids` (`all` for every entry).

    Yields what became of it: a sentence for each file that was stamped, and one where there was nothing to do.

    Raises:
        NotFoundError: an id names no entry; nothing was written.
    """
    named = [library.get(entry_id) for entry_id in dict.fromkeys(ids) if entry_id != EVERY]
    if EVERY in ids:
        stamped = [file for entry in library.everything.values() for file in _stamp(library.folder, entry)]
        yield from map(_said, stamped)
        if not stamped:
            yield Sentence("All translations are stamped already.")
        return
    for entry in named:
        stamped = list(_stamp(library.folder, entry))
        yield from map(_said, stamped)
        if not stamped:
            yield _nothing_to_do(entry)


def _said(file: Path) -> Sentence:
    return Sentence("Stamped %(file)s.", file=file)


def _nothing_to_do(entry: Entry) -> Sentence:
    if len(entry.pages) > 1:
        return Sentence("The translation of %(id)s is stamped already.", id=entry.id)
    return Sentence(
        "%(id)s has no translation that can be read; `kb check` says what is wrong with one that is there.", id=entry.id
    )


def _stamp(folder: Path, entry: Entry) -> Iterator[Path]:
    """The files that were changed."""
    current = words_fingerprint(entry.original)
    for page in entry.pages.values():
        if not page.is_original and page.fingerprint != current:
            file = folder / page.path
            text = file.read_text(encoding="utf-8")
            file.write_text(_LINE.sub(f'fingerprint: "{current}"', text, count=1), encoding="utf-8")
            yield file
