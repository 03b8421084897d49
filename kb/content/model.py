"""What a content file may say: front matter of originals and of translations, validated by Pydantic.

An original holds facts and words. A translation holds only words, in the order of the original. Figures, dates,
sources and terms live once, in the original.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from kb.content.dates import date_meant
from kb.content.findings import refused
from kb.content.frontmatter import INVISIBLE
from kb.content.letters import invisible
from kb.content.markdown import Section
from kb.content.problems import did_you_mean
from kb.content.vocabulary import vocabulary

MAX_TITLE_WORDS = 15
MAX_SUMMARY_WORDS = 60
FIRST_YEAR, LAST_YEAR = 1950, 2100
"""Of any date and figure."""
MAX_THEMES = 6
MIN_QUESTIONS, MAX_QUESTIONS = 3, 9


@dataclass(frozen=True)
class _term:  # noqa: N801 - reads as the annotation that it is
    """A term of a facet of the vocabulary. A JSON Schema names the facet, for those who list its terms."""

    facet: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
        return {**handler(schema), "vocabulary": self.facet}

    def _check(self, value: object) -> str:
        allowed = vocabulary()[self.facet]
        if str(value) not in allowed:
            raise refused(
                "%(found)r is not a term of %(facet)s.%(hint)s Allowed: %(allowed)s.",
                found=str(value),
                facet=self.facet,
                hint=did_you_mean(str(value), allowed, vocabulary().named(self.facet, str(value))),
                allowed=", ".join(allowed),
            )
        return str(value)


_DATE = re.compile(r"([0-9]{4})(?:-[0-9]{2}){0,2}")


def _date(value: object) -> str:
    text = str(value)
    year = 0
    if _DATE.fullmatch(text):
        with suppress(ValueError):
            year = datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :]).year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise refused(
            "%(found)r is not a date; write it as 2023, 2023-09 or 2023-09-26, between 1950 and 2100.%(hint)s",
            found=text,
            hint=did_you_mean(text, (), date_meant(text)),
        )
    return text


def _words(most: int) -> AfterValidator:
    def check(text: str) -> str:
        count = len(text.split())
        if count > most:
            raise refused("has %(count)s words; at most %(most)s are read.", count=count, most=most)
        return text

    return AfterValidator(check)


def _question(text: str) -> str:
    if not text.endswith("?"):
        raise refused("%(found)r is not a question; end it with a question mark.", found=text)
    return text


_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+\.[a-z]{2,}(:[0-9]+)?(/[^\s<>\"]*)?", re.ASCII)


def _address(text: str) -> str:
    if not _WEB_ADDRESS.fullmatch(text):
        raise refused(
            "%(found)r is not a web address; it must begin with https:// or http:// and hold no spaces.", found=text
        )
    return text


def _visible(text: str) -> str:
    if code := invisible(text):  # what arrives as JSON was not read from a file that was checked
        raise refused(INVISIBLE, code=code)
    return text


Text = Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_visible)]
_DATE_SHAPE = r"^\d{4}(-\d{2}(-\d{2})?)?$"
PartialDate = Annotated[
    str, BeforeValidator(_date), WithJsonSchema({"type": ["string", "integer"], "pattern": _DATE_SHAPE})
]
CountryCode = Annotated[str, _term("countries")]
Theme = Annotated[str, _term("themes")]
LanguageCode = Annotated[str, _term("languages")]
WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(_address)]
Title = Annotated[Text, _words(MAX_TITLE_WORDS)]
Summary = Annotated[str, Field(min_length=1, max_length=1000), _words(MAX_SUMMARY_WORDS)]
Question = Annotated[Text, AfterValidator(_question)]
Questions = Annotated[list[Question], Field(min_length=MIN_QUESTIONS, max_length=MAX_QUESTIONS)]


class Strict(BaseModel):
    """A model that takes only the keys it names, each of its own type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(Strict):
    """Where a statement comes from. `n` is the number that the text cites as `[n]`."""

    n: Annotated[int, Field(ge=1, le=99)]
    title: Text
    publisher: Text
    url: WebAddress | None = None
    date: PartialDate | None = None
    language: LanguageCode
    copy_only: bool = False
    """Only a copy of the document was seen, so no address is given."""


class Figure(Strict):
    """A number that a source gives. `year` is the year it is about."""

    label: Text
    value: float
    unit: Annotated[str, _term("units")] | None = None
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None = None
    source: int


class Milestone(Strict):
    """A dated step, for the time line."""

    date: PartialDate
    label: Text
    source: int


class Statement(Strict):
    """Something that a source says in words: an ask, an objective."""

    label: Text
    source: int


class Period(Strict):
    """When it ran, as far as sources say. An empty `end` means open or not known; `status` tells which."""

    start: PartialDate | None = None
    end: PartialDate | None = None


class Reason(Strict):
    """Why a page was withdrawn, in both languages: it is shown where the page stood."""

    en: Text
    es: Text


class Review(Strict):
    """How far the page is on its way to readers, and which institutions read it. A page without it is published."""

    status: Annotated[str, _term("review_status")] = "published"
    reviewers: list[Text] = []
    decided: PartialDate | None = None
    """When it was published or withdrawn."""
    reason: Reason | None = None


class Original(Strict):
    """Front matter that all kinds share."""

    kind: ClassVar[str]

    title: Title
    summary: Summary
    countries: Annotated[list[CountryCode], Field(min_length=1)]
    places: list[Text] = []
    implementers: Annotated[list[Text], Field(min_length=1)]
    partners: list[Text] = []
    period: Period
    status: Annotated[str, _term("status")]
    status_as_of: PartialDate | None = None
    themes: Annotated[list[Theme], Field(min_length=1, max_length=MAX_THEMES)]
    populations: list[Annotated[str, _term("populations")]] = []
    mirps_groups: list[Annotated[str, _term("mirps_groups")]] = []
    gcm_objectives: list[Annotated[str, _term("gcm_objectives")]] = []
    sdgs: list[Annotated[str, _term("sdgs")]] = []
    results: list[Figure] = []
    milestones: list[Milestone] = []
    related: list[str] = []
    sources: Annotated[list[Source], Field(min_length=1)]
    last_reviewed: PartialDate
    review_by: PartialDate
    review: Review = Review()
    institutional: list[Text] = []
    """Mailboxes, numbers and names that look like a person's and belong to an institution."""


class Practice(Original):
    """A practice: something that was done, by whom, for whom, and what came of it."""

    kind: ClassVar[str] = "practice"

    questions: Questions
    evidence: Annotated[str, _term("evidence")]
    costs: list[Figure] = []
    tier: Literal["full", "snapshot"] = "full"


class Commitment(Original):
    """What a State promised or says that it needs."""

    kind: ClassVar[str] = "commitment"

    asks: list[Statement] = []
    learning_interest: list[Text] = []
    """What practices might help: an inference of the editors, shown as such."""


class EventDates(Strict):
    """First and last day."""

    start: PartialDate
    end: PartialDate


class Event(Original):
    """A learning event, held or planned."""

    kind: ClassVar[str] = "event"

    dates: EventDates
    place: Text
    host: Text
    event_languages: list[LanguageCode] = []
    objectives: list[Statement] = []
    field_visits: list[Text] = []
    practices: list[str] = []
    prioritised: list[str] = []
    """Practices in which States expressed interest."""


class Translation(Strict):
    """Front matter of a translation: words only, lists in the order of the original.

    `places`, `implementers` and `partners` may be left out where the names are the same in both languages.
    """

    translates: Literal["en", "es"]
    translation: Annotated[str, _term("translation")]
    fingerprint: str
    title: Title
    summary: Summary
    questions: Questions | None = None
    places: list[Text] | None = None
    implementers: list[Text] | None = None
    partners: list[Text] | None = None
    results: list[Text] | None = None
    costs: list[Text] | None = None
    milestones: list[Text] | None = None
    asks: list[Text] | None = None
    learning_interest: list[Text] | None = None
    objectives: list[Text] | None = None
    field_visits: list[Text] | None = None
    place: Text | None = None
    host: Text | None = None


LABELLED = ("results", "costs", "milestones", "asks", "objectives")
LISTS = ("questions", "places", "implementers", "partners", "learning_interest", "field_visits")
SINGLE = ("place", "host")
SAME_IN_BOTH = ("places", "implementers", "partners", "place", "host")
"""Keys that a translation may leave out: names that do not change."""


@dataclass(frozen=True)
class Page:
    """One entry in one language.

    `words` holds the lists of words by key: labels of `results`, `milestones` and the like in the original's order,
    `questions`, `places`, `implementers`, `partners`; single words (`place`, `host`) are lists of one.
    """

    lang: str
    path: str
    title: str
    summary: str
    words: Mapping[str, tuple[str, ...]]
    sections: tuple[Section, ...]
    translation: str | None = None
    fingerprint: str = ""
    """Of the original's words that this page was made from; empty on the original itself."""

    @property
    def is_original(self) -> bool:
        return self.translation is None

    @property
    def questions(self) -> tuple[str, ...]:
        return self.words.get("questions", ())


@dataclass(frozen=True)
class Entry:
    """A practice, commitment or event: its facts, and a page per language."""

    id: str
    folder: str
    """Country folder (`sv`, `regional`); empty for events."""
    facts: Original
    pages: Mapping[str, Page] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.facts.kind

    @property
    def is_published(self) -> bool:
        return self.facts.review.status == "published"

    @property
    def is_withdrawn(self) -> bool:
        return self.facts.review.status == "withdrawn"

    def is_overdue(self, today: datetime.date) -> bool:
        """Whether the page should have been reviewed again before `today`; a month or year counts to its end."""
        return self.facts.review_by < today.isoformat()[: len(self.facts.review_by)]

    @property
    def original(self) -> Page:
        return next(page for page in self.pages.values() if page.is_original)

    def page(self, lang: str) -> Page:
        """The page in `lang`, or the original where there is no translation."""
        return self.pages.get(lang, self.original)
