"""A request from the fields of a form: of a page's address, or of a posted body. The fields are flat and may all be empty."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from babel.core import get_global

from kb.content.findings import Finding
from kb.content.vocabulary import vocabulary
from kb.errors import AgendaRequestError, NotFoundError
from kb.learning.request import AgendaRequest, read_request, request_of
from kb.learning.words import Told, state
from kb.sentences import Sentence, joined, template

DAYS = 3
VISITS = 3
Fields = Mapping[str, Sequence[str]]
Find = Callable[[str], str]
"""From what people call a practice to its id; raises `NotFoundError` where it is none."""

ZONES = (
    "America/Belize", "America/Costa_Rica", "America/El_Salvador", "America/Guatemala", "America/Tegucigalpa",
    "America/Mexico_City", "America/Panama", "America/Bogota", "America/Toronto", "America/New_York", "Europe/Madrid",
)  # fmt: skip
"""Time zones that the form offers, besides the host's."""


_LABELS = {
    "title": template("Title"),
    "change": template("What should be different afterwards?"),
    "objectives": template("Objectives, one on each line"),
    "time_zone": template("Time zone"),
    "place": template("Place"),
    "host": template("Host State"),
    "delegations": template("Who comes"),
    "partners": template("Agencies and other partners, one on each line"),
    "languages": template("Who comes"),
    "interpretation": template("Interpreters"),
    "parallel": template("Sessions at the same time"),
    "themes": template("Only practices of these themes"),
    "practices": template("Practices and methods"),
    "methods": template("Practices and methods"),
    "follow_up": template("Who calls the follow-up after three and six months"),
    "visits": template("Field visits"),
}
"""Key of a request to the words that stand at its field."""
_TOO_FEW = {
    "days": template("Give the date of at least one day."),
    "languages": template("Choose at least one language of the event."),
    "delegations": template("Say of at least two States with how many people they come."),
}


def _told(found: Finding, delegations: Sequence[Mapping[str, Any]]) -> Sentence:
    """A finding by the words of its field, and of a delegation by its State."""
    if found.key in _TOO_FEW:
        return Sentence(_TOO_FEW[found.key])
    key, *rest = found.location or ("",)
    if key == "days":
        field = Sentence("Day %(number)s", number=int(rest[0]) + 1)
    elif key == "delegations" and rest:
        field = Sentence("Who comes, %(state)s", state=Told(state(delegations[int(rest[0])]["state"])))
    else:
        field = Sentence(_LABELS.get(str(key), str(key)))
    return joined([field, found.message], ": ")


def fields_of(body: bytes) -> dict[str, list[str]]:
    """The fields of a posted form.

    Raises:
        AgendaRequestError: not UTF-8, or more fields than any form of ours has.
    """
    try:
        return parse_qs(body.decode("utf-8"), keep_blank_values=False, max_num_fields=400)
    except ValueError:
        raise AgendaRequestError("The form cannot be read; send it again from the agenda page.") from None


def request_of_fields(fields: Fields, find: Find) -> AgendaRequest:
    """The request that a form holds; a whole request in its field `request` goes before the others. Practices stand in it by title or id.

    Raises:
        AgendaRequestError: each line of its message names the key and what to do.
    """
    if written := _one(fields, "request"):
        return read_request(written.encode())
    if slips := list(_slips(fields)):
        raise AgendaRequestError(joined(slips, "\n"))
    data: dict[str, Any] = {
        "title": _one(fields, "title"),
        "change": _one(fields, "change"),
        "objectives": [line.strip() for line in _one(fields, "objectives").splitlines() if line.strip()],
        "days": _days(fields),
        "time_zone": _one(fields, "time_zone") or _zone_of(_one(fields, "host")),
        "place": _one(fields, "place"),
        "host": _one(fields, "host"),
        "delegations": [
            _delegation(fields, code) for code in vocabulary().mirps_states() if _one(fields, f"people-{code}")
        ],
        "partners": [_partner(line.strip()) for line in _one(fields, "partners").splitlines() if line.strip()],
        "languages": _languages(fields),
        "themes": _many(fields, "theme"),
        "practices": {
            "wanted": [
                _found(Sentence("Practice %(number)s", number=number), words, find)
                for number, words in enumerate(_many(fields, "wanted"), start=1)
            ],
            "excluded": [_found(Sentence("Practices and methods"), words, find) for words in _many(fields, "excluded")],
        },
        "visits": _visits(fields, find),
        "draft_pledge": bool(_one(fields, "draft_pledge")),
        "methods": {"wanted": _many(fields, "method")},
    }
    if interpreters := _one(fields, "interpreters"):
        data["interpretation"] = {"interpreters": _number(interpreters)}
    if parallel := _one(fields, "parallel"):
        data["parallel"] = _number(parallel)
    if follow_up := _one(fields, "follow_up"):
        data["follow_up"] = follow_up
    return request_of(data, lambda found: _told(found, data["delegations"]))


def _one(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    return values[0].strip() if values else ""


def _many(fields: Fields, name: str) -> list[str]:
    return [value.strip() for value in dict.fromkeys(fields.get(name, ())) if value.strip()]


def _number(text: str) -> int | str:
    """The number that a field holds; other text is left for validation to refuse."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def _slips(fields: Fields) -> Iterator[Sentence]:
    """What was written where something else is missing, without which it would count for nothing."""
    for code in vocabulary().mirps_states():
        written = any(_one(fields, f"{name}-{code}") for name in ("comes", "speaks"))
        if written and not _one(fields, f"people-{code}"):
            yield Sentence(
                "%(state)s has what it comes for or its language, but no number of people; write the number, or empty its fields.",
                state=Told(state(code)),
            )
    for n in range(1, VISITS + 1):
        written = any(_one(fields, f"visit-{name}-{n}") for name in ("practice", "minutes", "day"))
        if written and not _one(fields, f"visit-travel-{n}"):
            yield Sentence(
                "Visit %(number)s has no minutes of travel; write them (0 if it is next door), or empty its fields.",
                number=n,
            )


def _found(field: Sentence, words: str, find: Find) -> str:
    """The practice that a field names."""
    try:
        return find(words)
    except NotFoundError as error:
        raise AgendaRequestError(joined([field, joined([error.sentence, error.hint])], ": ")) from None


def _languages(fields: Fields) -> list[str]:
    """Those that are ticked; both where the form did not ask, as in the address that another page links to."""
    return _many(fields, "language") or ([] if _one(fields, "languages-asked") else ["en", "es"])


def _zone_of(host: str) -> str:
    """The time zone of the host's capital; the first that the form offers where the host is none of ours, which is said by itself."""
    states = get_global("zone_territories")
    return next((zone for zone in ZONES if states.get(zone) == host), ZONES[0])


def _days(fields: Fields) -> list[dict[str, str]]:
    return [
        {"date": date, "start": _one(fields, f"start-{n}")[:5], "end": _one(fields, f"end-{n}")[:5]}
        for n in range(1, DAYS + 1)
        if (date := _one(fields, f"date-{n}"))
    ]


def _delegation(fields: Fields, code: str) -> dict[str, Any]:
    found: dict[str, Any] = {"state": code, "people": _number(_one(fields, f"people-{code}"))}
    if comes_for := _one(fields, f"comes-{code}"):
        found["comes_for"] = comes_for
    if language := _one(fields, f"speaks-{code}"):
        found["language"] = language
    return found


_COUNTED = re.compile(r"(?P<name>.*\S)\s*[,;:]\s*(?P<people>[0-9]{1,5})")
"""A partner with its number of people: `UNICEF, 2`."""


def _partner(line: str) -> dict[str, Any]:
    counted = _COUNTED.fullmatch(line)
    return {"name": counted["name"], "people": int(counted["people"])} if counted else {"name": line}


def _visits(fields: Fields, find: Find) -> list[dict[str, Any]]:
    found = []
    for n in range(1, VISITS + 1):
        if not (travel := _one(fields, f"visit-travel-{n}")):
            continue
        visit: dict[str, Any] = {"travel_minutes": _number(travel)}
        if practice := _one(fields, f"visit-practice-{n}"):
            visit["practice"] = _found(Sentence("Visit %(number)s", number=n), practice, find)
        for key, name in (("minutes", "visit-minutes"), ("day", "visit-day")):
            if given := _one(fields, f"{name}-{n}"):
                visit[key] = _number(given)
        found.append(visit)
    return found
