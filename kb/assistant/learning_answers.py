"""What an assistant gets about commitments, matches and agendas, in one language."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from kb.assistant.answers import Source
from kb.content.sections import LANGUAGES


def in_language(data: Any, lang: str) -> Any:
    """`data` with each text for both languages (`{"en": ..., "es": ...}`) replaced by that of `lang`."""
    if isinstance(data, dict):
        if data.keys() == set(LANGUAGES):
            return data[lang]
        return {key: in_language(value, lang) for key, value in data.items()}
    return [in_language(one, lang) for one in data] if isinstance(data, list) else data


class Commitment(BaseModel):
    """What a State promised or says that it needs."""

    id: str = Field(description="For match_commitment")
    title: str
    summary: str
    address: str = Field(description="The page to show or to forward")
    lang: str = Field(description="Language of title and summary")
    countries: list[str]
    themes: list[str]
    sources: list[Source]


class CommitmentsAnswer(BaseModel):
    commitments: list[Commitment]


class Matched(BaseModel):
    """A practice of another State that answers a commitment."""

    id: str = Field(description="For get_practice")
    title: str
    address: str = Field(description="The page to show or to forward")
    lang: str = Field(description="Language of the title")
    countries: list[str]
    reason: str = Field(description="Why it was matched, in words")
    need: str = Field(description="The need of the commitment that it answers best")
    need_by_editors: bool = Field(description="The need is an inference of the editors; else the page says it")
    passage: str = Field(description="The passage that answers, as plain text")
    passage_lang: str
    sources: list[Source]


class MatchAnswer(BaseModel):
    commitment: Commitment
    practices: list[Matched] = Field(description="Best first")
    generation: str = Field(description="The index that answered")


class Does(BaseModel):
    """A part in a block."""

    who: str
    does: str
    kind: str


class AgendaBlock(BaseModel):
    """A piece of a day. Times carry their offset from UTC; room 0 is everybody together."""

    id: str
    day: int
    start: str
    end: str
    method: str
    title: str
    room: int
    interpreted: bool
    steps: list[str]
    practices: list[str] = Field(description="Ids of what is presented or visited")
    roles: list[Does]


class Presenter(BaseModel):
    key: str = Field(description="Code of a State, or a partner; empty when nobody who comes can present it")
    name: str


class AgendaPractice(BaseModel):
    """A practice of an agenda, and why it is there."""

    id: str
    title: str
    address: str = Field(description="The page to show or to forward")
    presenter: Presenter
    reason: str
    passage: str = Field(description="What its page says that is nearest to the change sought")
    questions: list[str] = Field(description="For those who present it")
    sources: list[Source]


class LeftOut(BaseModel):
    """A practice that was wanted and is not on the agenda."""

    id: str
    reason: str


class AgendaAnswer(BaseModel):
    """The draft of an agenda in one language."""

    title: str
    place: str
    time_zone: str
    lang: str
    blocks: list[AgendaBlock]
    practices: list[AgendaPractice]
    left_out: list[LeftOut]
    notes: list[str] = Field(description="What the organiser should know or do; tell them")
    form: str = Field(description="Page where an organiser makes, changes and downloads agendas (Word, calendar)")
    generation: str = Field(description="The index that answered")
