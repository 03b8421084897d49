"""An entry, the document made of it, and the entry made of that again."""

from __future__ import annotations

import json

from kb.content.document import entry_document, entry_of
from kb.content.library import Library


def test_a_document_holds_all_that_an_entry_shows(library: Library) -> None:
    for entry in library.entries.values():
        document = json.loads(json.dumps(entry_document(entry)))
        again = entry_of(document)
        assert entry_document(again) == document
        assert (again.id, again.kind, again.folder, again.facts) == (entry.id, entry.kind, entry.folder, entry.facts)
        for lang, page in entry.pages.items():
            assert again.pages[lang].words == page.words
            assert again.pages[lang].is_original == page.is_original
