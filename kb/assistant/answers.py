"""What an assistant gets: short, with the address of the page and the sources of each figure, so that it can cite both."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field


class Source(BaseModel):
    """A source as the practice's page lists it; `[1]` in a text refers to the source with `n` 1."""

    n: int
    title: str
    publisher: str | None = None
    url: str | None = None
    date: str | None = None


def sources_of(document: Mapping[str, Any]) -> list[Source]:
    """The sources of an entry, as its document (`kb.content.document.entry_document`) holds them."""
    return [Source.model_validate(source) for source in document["facts"]["sources"]]


def plain_text(snippet: str) -> str:
    """A passage without the marks and character references of its HTML."""
    return html.unescape(re.sub(r"</?mark>", "", snippet))


class Found(BaseModel):
    """A practice that answers a question."""

    id: str = Field(description="For get_practice")
    title: str
    summary: str
    address: str = Field(description="The page to show or to forward")
    lang: str = Field(description="Language of title and summary")
    passage: str = Field(description="The passage that answers, as plain text")
    passage_lang: str
    facets: dict[str, list[str]]
    sources: list[Source]


class SearchAnswer(BaseModel):
    question: str
    total: int = Field(description="Number of practices found")
    practices: list[Found]
    generation: str = Field(description="The index that answered")


class Section(BaseModel):
    heading: str
    text: str = Field(description="Markdown; marks such as [2] cite sources by number")


class Result(BaseModel):
    """A figure that a source reports."""

    label: str
    value: float | str | None
    unit: str | None
    year: int | str | None
    source: int | None


class PracticeAnswer(BaseModel):
    """A practice in one language."""

    id: str
    title: str
    summary: str
    address: str
    lang: str
    original_language: str = Field(description="The language it was written in; the other is a translation")
    translation: str | None = Field(
        description="How the translation was made, such as machine-assisted; null for the original"
    )
    countries: list[str]
    places: list[str]
    implementers: list[str]
    status: str
    evidence: str
    results: list[Result]
    sections: list[Section]
    sources: list[Source]
    last_reviewed: str | None
    similar: list[str] = Field(description="Ids of practices near to it, those of other countries first")


class Term(BaseModel):
    term: str = Field(description="What a filter takes")
    label: str
    definition: str
    practices: int = Field(description="Number of practices that have it")


class VocabularyAnswer(BaseModel):
    """Filters of search_practices with the terms that each takes."""

    filters: dict[str, list[Term]]
