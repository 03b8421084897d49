"""An entry as one JSON document: what the API returns and what a snapshot carries."""

from __future__ import annotations

from typing import Any

from kb.content import markdown
from kb.content.interests import EventInterests, interests_document
from kb.content.model import Entry, Page


def entry_document(entry: Entry, interests: tuple[EventInterests, ...] = ()) -> dict[str, Any]:
    """Everything that the page of an entry shows, in every language it has, with safe HTML beside the Markdown.

    `interests` are those of the whole content; the entry's own are taken from them.
    """
    facts = entry.facts.model_dump(mode="json", exclude={"title", "summary", "questions"})
    return {
        "id": entry.id,
        "kind": entry.kind,
        "original_language": entry.original.lang,
        "facts": facts,
        "pages": {lang: _page(page) for lang, page in sorted(entry.pages.items())},
        "interests": interests_document(interests, entry.id),
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "title": page.title,
        "summary": page.summary,
        "translation": page.translation,
        "questions": list(page.questions),
        "labels": {key: list(words) for key, words in page.words.items() if key != "questions"},
        "sections": [
            {
                "key": section.key,
                "heading": section.heading,
                "markdown": section.markdown,
                "html": markdown.render(section.markdown),
            }
            for section in page.sections
        ],
    }
