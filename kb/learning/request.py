"""What an organiser asks for: the request of an agenda, from a YAML file, a JSON body or a form.

Changes that an organiser makes live here too: `fixed` blocks keep their time and title, `rename` gives a block that is made
anew each time another title. So a request made again gives the same agenda with the same changes.
"""

# ruff: noqa: RUF012 - Pydantic copies the defaults of its models

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from kb.content.findings import Finding, findings, refused
from kb.content.frontmatter import MalformedError, parse_yaml
from kb.content.glossary import named_in
from kb.content.interests import Said
from kb.content.model import CountryCode, LanguageCode, Strict, Theme, WebAddress
from kb.content.problems import did_you_mean
from kb.content.sections import LANGUAGES
from kb.errors import AgendaRequestError, TooLargeError
from kb.learning.methods import GRID, exchanges, for_practices, methods
from kb.learning.words import Words
from kb.sentences import Sentence, joined

MAX_BYTES = 64 * 1024
"""Largest body or file that is read."""


def _day(text: str) -> str:
    try:
        if datetime.date.fromisoformat(text).isoformat() == text and "1990" <= text[:4] <= "2100":
            return text
    except ValueError:
        pass
    raise refused("%(found)r is not a day; write it as 2023-09-26.", found=text)


def _clock(text: str) -> str:
    try:
        parts = [int(part) for part in text.split(":")]
        if len(parts) == 2 and len(text) in (4, 5) and parts[1] % GRID == 0 and datetime.time(parts[0], parts[1]):
            return f"{parts[0]:02}:{parts[1]:02}"
    except (ValueError, TypeError):
        pass
    raise refused('%(found)r is not a time; write it as "08:30", in steps of %(grid)s minutes.', found=text, grid=GRID)


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _zone(text: str) -> str:
    if text not in _zones():
        hint = did_you_mean(text, _zones())
        raise refused("%(found)r is not a time zone, such as America/El_Salvador.%(hint)s", found=text, hint=hint)
    return text


def _method(text: str) -> str:
    return _one_of(for_practices(), text)


def _avoidable_method(text: str) -> str:
    return _one_of({**for_practices(), **exchanges()}, text)


def _any_method(text: str) -> str:
    return _one_of(methods(), text)


def _one_of(allowed: Mapping[str, object], text: str) -> str:
    if text not in allowed:
        raise refused(
            "%(found)r is not a method.%(hint)s Allowed: %(allowed)s.",
            found=text,
            hint=did_you_mean(text, allowed),
            allowed=", ".join(allowed),
        )
    return text


def minutes(clock: str) -> int:
    """Minutes since midnight of `08:30`."""
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def _in_both(value: object) -> object:
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    if not isinstance(value, dict | Said):
        raise refused("must be text, or a text for each language: {en: ..., es: ...}.")
    return value


Wording = Annotated[Said, BeforeValidator(_in_both, json_schema_input_type=str | Said)]
"""A text, or one for each language; what was written in one stands in both."""
DayText = Annotated[str, AfterValidator(_day)]
Clock = Annotated[str, AfterValidator(_clock)]
MethodName = Annotated[str, AfterValidator(_method)]
Ids = Annotated[list[str], Field(max_length=40)]


def words_of(wording: Wording | None) -> Words:
    """Words in both languages."""
    given = wording.words() if wording else {}
    return {lang: given.get(lang) or next(iter(given.values()), "") for lang in LANGUAGES}


def names_of(wording: Wording | None) -> Words:
    """A name in both languages: one that was written once is said as the vocabulary says it (ACNUR, UNHCR)."""
    words = words_of(wording)
    if len(set(words.values())) > 1:
        return words
    return {lang: named_in(lang, name) for lang, name in words.items()}


class Day(Strict):
    """A day of the event, and its hours in the event's time zone."""

    date: DayText
    start: Clock
    end: Clock


class Delegation(Strict):
    """A State that comes, with how many people and what for."""

    state: CountryCode
    people: Annotated[int, Field(ge=1, le=200)] = 2
    comes_for: Wording | None = None
    language: LanguageCode | None = None


class Partner(Strict):
    """Who comes besides the States: an agency, a member of the Support Platform."""

    name: Wording
    state: CountryCode | None = None
    people: Annotated[int, Field(ge=1, le=200)] = 1

    @property
    def named(self) -> Words:
        return names_of(self.name)


class Interpretation(Strict):
    """The team of interpreters and its limits, which differ between associations."""

    interpreters: Annotated[int, Field(ge=0, le=40)] = 2
    mode: Literal["simultaneous", "consecutive"] = "simultaneous"
    alone_minutes: Annotated[int, Field(ge=15, le=480)] = 60
    """Most minutes in a half day that one interpreter works alone."""
    half_day_minutes: Annotated[int, Field(ge=30, le=480)] = 240
    """Most minutes in a half day that a pair works."""


class Practices(Strict):
    """Practices that must be there, or must not; `count` is how many are presented in rooms."""

    wanted: Ids = []
    excluded: Ids = []
    count: Annotated[int, Field(ge=0, le=40)] | None = None
    fair_share: Annotated[int, Field(ge=1, le=40)] | None = None


class Visit(Strict):
    """A field visit. Without `practice`, the host's practice that fits the change best is visited."""

    practice: str | None = None
    title: Wording | None = None
    place: Wording | None = None
    day: Annotated[int, Field(ge=1, le=5)] | None = None
    travel_minutes: Annotated[int, Field(ge=0, le=720, multiple_of=GRID)]
    minutes: Annotated[int, Field(ge=30, le=480, multiple_of=GRID)] = 90


class Methods(Strict):
    """Session methods to prefer or to leave out; exchanges in free time can be left out as well."""

    wanted: Annotated[list[MethodName], Field(max_length=10)] = []
    excluded: Annotated[list[Annotated[str, AfterValidator(_avoidable_method)]], Field(max_length=20)] = []


class Pauses(Strict):
    """Lunch and breaks, in minutes."""

    lunch: Annotated[int, Field(ge=45, le=120, multiple_of=GRID)] = 60
    coffee: Annotated[int, Field(ge=15, le=60, multiple_of=GRID)] = 20
    most_without: Annotated[int, Field(ge=60, le=180, multiple_of=GRID)] = 120
    """Longest work without a break."""


class Fixed(Strict):
    """A block whose time is fixed. With the id of a block of the agenda it takes that block's place."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")] | None = None
    day: Annotated[int, Field(ge=1, le=5)]
    start: Clock
    end: Clock
    title: Wording
    method: Annotated[str, AfterValidator(_any_method)] = "session"
    practices: Ids = []
    room: Annotated[int, Field(ge=0, le=4)] = 0
    """Of sessions at the same time, 1 and up; 0 is everybody together."""
    interpreted: bool | None = None


class AgendaRequest(Strict):
    """All that an agenda is made from, besides the practices themselves."""

    title: Wording
    change: Wording
    objectives: Annotated[list[Wording], Field(max_length=10)] = []
    days: Annotated[list[Day], Field(min_length=1, max_length=5)]
    time_zone: Annotated[str, AfterValidator(_zone)]
    place: Wording
    host: CountryCode
    delegations: Annotated[list[Delegation], Field(min_length=2, max_length=30)]
    partners: Annotated[list[Partner], Field(max_length=20)] = []
    languages: Annotated[list[Literal["en", "es"]], Field(min_length=1, max_length=2)] = ["en", "es"]
    interpretation: Interpretation = Interpretation()
    themes: Annotated[list[Theme], Field(max_length=10)] = []
    practices: Practices = Practices()
    visits: Annotated[list[Visit], Field(max_length=6)] = []
    parallel: Annotated[int, Field(ge=1, le=4)] = 1
    methods: Methods = Methods()
    pauses: Pauses = Pauses()
    draft_pledge: bool = False
    follow_up: Wording | None = None
    """Who calls the three- and six-month follow-up."""
    site: WebAddress | None = None
    """Address of the knowledge base, for links in files that leave it."""
    fixed: Annotated[list[Fixed], Field(max_length=80)] = []
    calendar: Annotated[str, Field(pattern=r"^[a-z0-9-]{4,40}$")] | None = None
    """Name of the event in calendars. The editable request holds it, so that entries are found again under another title or date."""
    revision: Annotated[int, Field(ge=0, le=9999)] = 0
    """How many times the agenda was sent out before; a calendar lets the higher take the place of the lower."""
    rename: Annotated[dict[str, Wording], Field(max_length=80)] = {}

    @property
    def people(self) -> int:
        """Head-count of all who come."""
        return sum(one.people for one in self.delegations) + sum(one.people for one in self.partners)

    @property
    def bilingual(self) -> bool:
        """Whether anything needs interpreters."""
        return len(set(self.languages)) > 1


_NESTED: dict[str, type[BaseModel]] = {
    "days": Day,
    "delegations": Delegation,
    "partners": Partner,
    "interpretation": Interpretation,
    "practices": Practices,
    "visits": Visit,
    "methods": Methods,
    "pauses": Pauses,
    "fixed": Fixed,
}


def read_request(content: bytes, name: str = "request") -> AgendaRequest:
    """The request that a YAML file holds.

    Raises:
        AgendaRequestError: each line of its message names file, line, key and what to do.
    """
    if len(content) > MAX_BYTES:
        raise AgendaRequestError(
            "%(name)s is larger than %(most)s kB; a request is a few kB of text.", name=name, most=MAX_BYTES // 1024
        )
    try:
        document = parse_yaml(name, content)
    except MalformedError as error:
        problem = error.problem
        where = Sentence(f"{name}:{problem.line}: {problem.key}")
        raise AgendaRequestError(joined([where, problem.message], ": ")) from None
    return _validated(document.data, lambda one: _line(one, f"{name}:{document.line_of(one.location)}: "))


def load_request(path: Path) -> AgendaRequest:
    """The request in a YAML file.

    Raises:
        AgendaRequestError: the file cannot be read, or holds what is no request.
    """
    try:
        return read_request(path.read_bytes(), str(path))
    except OSError as error:
        raise AgendaRequestError("%(file)s cannot be read (%(reason)s).", file=path, reason=error.strerror) from None


def check_size(size: int) -> None:
    """Refuses what is longer than any request of ours.

    Raises:
        TooLargeError: more than `MAX_BYTES`.
    """
    if size > MAX_BYTES:
        raise TooLargeError(
            "The request is larger than %(most)s kB; a request is a few kB of text.", most=MAX_BYTES // 1024
        )


def request_of(data: object, told: Callable[[Finding], Sentence] | None = None) -> AgendaRequest:
    """The request that JSON or a form holds.

    Args:
        data: the request.
        told: makes a line of the message from a finding; the key and what to do otherwise.

    Raises:
        AgendaRequestError: each line of its message says where and what to do.
    """
    if not isinstance(data, dict):
        raise AgendaRequestError("The request must be an object with keys such as title, change and days.")
    return _validated(data, told or _line)


def _line(found: Finding, where: str = "") -> Sentence:
    return joined([Sentence(where + found.key), found.message], ": ")


def _validated(data: Any, told: Callable[[Finding], Sentence]) -> AgendaRequest:
    try:
        return AgendaRequest.model_validate(data)
    except ValidationError as error:
        lines = [told(one) for one in findings(error, AgendaRequest, _NESTED)]
        raise AgendaRequestError(joined(list(dict.fromkeys(lines)), "\n")) from None


def as_data(request: AgendaRequest) -> dict[str, object]:
    """The request as it would be written: only what differs from the defaults."""
    return request.model_dump(mode="json", exclude_defaults=True)
