"""Files that are no page yet, for something in their front matter is wrong: what can be read of them all the same.

Whoever wrote such a file hears of everything in it at once, and not of the text only when the front matter is mended.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from kb.content.frontmatter import Document
from kb.content.library import KINDS, Library, Unread, words_of
from kb.content.markdown import sections
from kb.content.model import LISTS, Entry, Page, Translation
from kb.content.reading import Reading
from kb.content.sections import headings


@dataclass(frozen=True)
class Unfinished:
    """A reading whose facts hold only keys that are right. `lacking` names the others: no rule that needs one may look."""

    reading: Reading
    lacking: frozenset[str]


def unfinished(library: Library) -> Iterator[Unfinished]:
    """All files that could be taken apart and are no page."""
    for unread in library.unread:
        for lang, path in zip(unread.langs, unread.files, strict=True):
            document = library.documents.get(path)
            if document is not None:
                yield _unfinished(library, unread, document, lang, path)


def _unfinished(library: Library, unread: Unread, document: Document, lang: str, path: str) -> Unfinished:
    wrong = {problem.key.split(".")[0] for problem in unread.problems if problem.path == path}
    kind = next(kind for kind in KINDS.values() if kind.kind == unread.kind)
    is_translation = "translates" in document.data
    known = library.everything.get(unread.id) if is_translation else None
    if known and lang in known.pages:
        known = None
    front: type[BaseModel] = Translation if is_translation else kind
    right = _right(front, document.data, wrong)
    # A key that may be left out is no less right where it is.
    lacking = {
        key
        for key, field in front.model_fields.items()
        if key not in right and (key in document.data or field.is_required())
    }
    if is_translation and known is None:
        lacking |= {*kind.model_fields, "translates"}
    own: dict[str, Any] = {} if is_translation else right
    page = Page(
        lang,
        path,
        str(document.data.get("title") or ""),
        str(document.data.get("summary") or ""),
        words_of(_written(document.data) | right),
        sections(document.body, headings(unread.kind, lang), document.body_line),
        str(right.get("translation", "")) if is_translation else None,
        str(right.get("fingerprint", "")),
    )
    folder = path.split("/")[1] if unread.kind != "event" else ""
    entry = Entry(
        unread.id,
        folder,
        known.facts if known else kind.model_construct(**own),
        {**(known.pages if known else {}), lang: page},
    )
    return Unfinished(Reading(entry, page, document), frozenset(lacking))


def _written(data: dict[str, Any]) -> dict[str, Any]:
    """Words that may be too many or too few, and are words all the same."""
    lists = {key: data[key] for key in LISTS if isinstance(data.get(key), list)}
    return {key: texts for key, texts in lists.items() if all(isinstance(text, str) for text in texts)}


def _right(model: type[BaseModel], data: dict[str, Any], wrong: set[str]) -> dict[str, Any]:
    """The values that the model takes, as it makes them."""
    right: dict[str, Any] = {}
    for key in data.keys() & model.model_fields.keys() - wrong:
        # A second original of one name was never put to its model.
        with suppress(ValidationError):
            right[key] = TypeAdapter(model.model_fields[key].rebuild_annotation()).validate_python(data[key])
    return right
