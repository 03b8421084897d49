"""Which practices States wish to know better: `interests/<event>.yaml`, the record of an event's prioritisation exercise.

A State says why, and what it wants to know, in its own language or in both. Nobody speaks for a State: a file names
the record that it was copied from.
"""

# ruff: noqa: RUF012 - Pydantic copies the defaults of its models

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError, model_validator

from kb.content.findings import findings, refused
from kb.content.frontmatter import Document, MalformedError, parse_yaml
from kb.content.model import CountryCode, LanguageCode, PartialDate, Strict, Text, WebAddress
from kb.content.problems import Problem, did_you_mean
from kb.sentences import Sentence

FOLDER = "interests"


class Said(Strict):
    """Words of a State, in one language or in both."""

    en: Text | None = None
    es: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> Said:
        if not (self.en or self.es):
            raise refused("says nothing; write `es: ...` or `en: ...`.")
        return self

    def words(self) -> dict[str, str]:
        return {lang: text for lang, text in (("en", self.en), ("es", self.es)) if text}


class Record(Strict):
    """Where the interests were written down."""

    title: Text
    publisher: Text
    url: WebAddress | None = None
    date: PartialDate | None = None
    language: LanguageCode


class Interest(Strict):
    """One State's interest in one practice of another."""

    state: CountryCode
    practice: str
    why: Said
    wants_to_know: Annotated[list[Said], Field(max_length=10)] = []


class InterestFile(Strict):
    """All interests recorded for an event."""

    source: Record
    interests: Annotated[list[Interest], Field(min_length=1)]


@dataclass(frozen=True)
class EventInterests:
    """A file that was read: the event is named by the file, `event-<name>`."""

    event: str
    path: str
    recorded: InterestFile
    document: Document


_NESTED: dict[str, type[BaseModel]] = {"source": Record, "interests": Interest}


def read_interests(folder: Path, problems: list[Problem]) -> tuple[EventInterests, ...]:
    """Reads `interests/*.yaml` below a content folder; what cannot be read is added to `problems`."""
    read = []
    for file in sorted((folder / FOLDER).glob("*")):
        path = file.relative_to(folder).as_posix()
        if file.name.startswith((".", "README")):
            continue
        if file.suffix != ".yaml" or not file.is_file() or file.is_symlink():
            message = Sentence("is not named interests/<event>.yaml, as the event's page is named.")
            problems.append(Problem(path, 1, "file", message))
            continue
        try:
            document = parse_yaml(path, file.read_bytes())
            recorded = InterestFile.model_validate(document.data)
            read.append(EventInterests(f"event-{file.stem}", path, recorded, document))
        except MalformedError as error:
            problems.append(error.problem)
        except ValidationError as error:
            problems.extend(
                Problem(path, document.line_of(found.location), found.key, found.message)
                for found in findings(error, InterestFile, _NESTED)
            )
    return tuple(read)


def check_interests(read: EventInterests, states_of: Mapping[str, tuple[str, ...]], events: set[str]) -> list[Problem]:
    """What a valid file may still have wrong.

    Args:
        read: the file.
        states_of: each practice's id to its States.
        events: ids of events that there are.
    """
    problems = []
    if read.event not in events:
        names = {event.removeprefix("event-") for event in events}
        name = read.event.removeprefix("event-")
        message = Sentence(
            "there is no event %(name)r; name the file after the event's page.%(hint)s",
            name=name,
            hint=did_you_mean(name, names),
        )
        problems.append(Problem(read.path, 1, "file", message))
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(read.recorded.interests):
        key, message = "practice", Sentence()
        if one.practice not in states_of:
            hint = did_you_mean(one.practice, states_of)
            message = Sentence("there is no practice %(id)r.%(hint)s", id=one.practice, hint=hint)
        elif one.state in states_of[one.practice]:
            key = "state"
            message = Sentence(
                "%(id)r is %(state)s's own practice; an interest is in another State's.",
                id=one.practice,
                state=one.state,
            )
        elif (one.state, one.practice) in seen:
            message = Sentence("%(state)s names %(id)r twice; keep one of the two.", state=one.state, id=one.practice)
        seen.add((one.state, one.practice))
        if message:
            line = read.document.line_of(("interests", place, key))
            problems.append(Problem(read.path, line, f"interests.{place + 1}.{key}", message))
    return problems


def interests_document(files: tuple[EventInterests, ...], practice_id: str) -> list[dict[str, Any]]:
    """The interests in a practice as JSON: event, State, why, what it wants to know, and the record."""
    return [
        {
            "event": read.event,
            "state": one.state,
            "why": one.why.words(),
            "wants_to_know": [said.words() for said in one.wants_to_know],
            "source": read.recorded.source.model_dump(mode="json"),
        }
        for read in files
        for one in read.recorded.interests
        if one.practice == practice_id
    ]
