"""An entry as one JSON document, and back: what the API returns and what a snapshot carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.content import markdown
from kb.content.interests import EventInterests, interests_document
from kb.content.markdown import Section
from kb.content.model import Commitment, Entry, Event, Original, Page, Practice
from kb.content.problems import did_you_mean
from kb.errors import NotFoundError

_KINDS: dict[str, type[Original]] = {kind.kind: kind for kind in (Practice, Commitment, Event)}


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


def practice_document(documents: Mapping[str, dict[str, Any]], practice_id: str) -> dict[str, Any]:
    """The document of a practice among those of a snapshot.

    Raises:
        NotFoundError: there is none of this id; names the closest.
    """
    found = documents.get(practice_id)
    if found is None or found["kind"] != Practice.kind:
        practices = [one for one, document in documents.items() if document["kind"] == Practice.kind]
        raise NotFoundError("There is no practice %(id)r.", hint=did_you_mean(practice_id, practices), id=practice_id)
    return found


def entry_of(document: Mapping[str, Any]) -> Entry:
    """The entry that a document was made from, for those who have a snapshot and no content files.

    Pages know no file and no fingerprint, sections no line and no blocks.
    """
    pages = {lang: _page_of(lang, page) for lang, page in document["pages"].items()}
    original = pages[document["original_language"]]
    words: dict[str, object] = {"title": original.title, "summary": original.summary}
    if original.questions:
        words["questions"] = list(original.questions)
    facts = _KINDS[document["kind"]].model_validate({**document["facts"], **words})
    folder = "" if document["kind"] == "event" else document["id"].removeprefix("commit-").partition("-")[0]
    return Entry(document["id"], folder, facts, pages)


def _page_of(lang: str, page: Mapping[str, Any]) -> Page:
    words = {key: tuple(values) for key, values in page["labels"].items()}
    if page["questions"]:
        words["questions"] = tuple(page["questions"])
    sections = tuple(Section(one["key"], one["heading"], one["markdown"], 0, ()) for one in page["sections"])
    return Page(lang, "", page["title"], page["summary"], words, sections, page["translation"])
