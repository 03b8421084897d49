"""What of a Word file cannot be carried over: named, so that nothing is lost in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lxml import etree

from kb.contribute.sentences import say

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHOWN = 120


def losses(document: WordDocument, lang: str) -> Iterator[str]:
    """A sentence for each kind of thing in the document that does not become text of a page."""
    body = document.element.body
    boxes = [shortened(_all_text(box)) for box in body.iter(f"{_W}txbxContent")]
    if boxes:
        yield say("text boxes", lang, count=len(boxes), text=shortened(" ".join(dict.fromkeys(boxes))))
    pictures = sum(1 for tag in ("drawing", "pict") for _ in body.iter(f"{_W}{tag}"))
    if pictures > len(boxes):
        yield say("pictures", lang, count=pictures - len(boxes))
    objects = sum(
        1 for _ in body.iter(f"{_W}object", "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath")
    )
    if objects:
        yield say("objects", lang, count=objects)
    for note in _part_texts(document, "footnotes", "footnote") + _part_texts(document, "endnotes", "endnote"):
        yield say("footnote", lang, text=shortened(note))
    comments = sum(1 for _ in body.iter(f"{_W}commentReference"))
    if comments:
        yield say("comments", lang, count=comments)
    if next(body.iter(f"{_W}del", f"{_W}ins", f"{_W}moveFrom"), None) is not None:
        yield say("deletions", lang)
    if any(True for mark in body.iter(f"{_W}b", f"{_W}i", f"{_W}color") if _is_answer(mark)):
        yield say("formatting", lang)


def _is_answer(mark: Any) -> bool:
    """Whether a mark of format stands on words outside tables, where our own header row is bold."""
    return not any(parent.tag in (f"{_W}tbl", f"{_W}pPr") for parent in mark.iterancestors())


def _part_texts(document: WordDocument, part: str, element: str) -> list[str]:
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{part}"):
            try:
                root = etree.fromstring(
                    relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True)
                )
            except etree.XMLSyntaxError:
                return []
            found = [_all_text(note) for note in root.iter(f"{_W}{element}") if note.get(f"{_W}type") is None]
            return [text for text in found if text]
    return []


def _all_text(element: Any) -> str:
    return " ".join("".join(part.text or "" for part in element.iter(f"{_W}t")).split())


def shortened(text: str) -> str:
    """As much of a text as shows which one is meant."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
