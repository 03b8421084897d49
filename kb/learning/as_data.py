"""An agenda as JSON, and as a request with every block fixed, for editing."""

from __future__ import annotations

import hashlib
from typing import Any

import yaml

from kb.learning.agenda import Agenda
from kb.learning.blocks import Block, clock
from kb.learning.documents.parts import Links
from kb.learning.request import as_data, words_of


def agenda_data(agenda: Agenda, links: Links) -> dict[str, Any]:
    """Everything in both languages; times with their offset from UTC."""
    return {
        "title": dict(agenda.title),
        "place": dict(words_of(agenda.request.place)),
        "time_zone": agenda.request.time_zone,
        "blocks": [_block(agenda, block) for block in agenda.blocks],
        "practices": [
            {
                "id": name,
                "title": dict(one.practice.title),
                "presenter": {"key": one.presenter.key, "name": dict(one.presenter.name)},
                "reason": dict(one.reason),
                "passage": dict(one.passage),
                "questions": [dict(question) for question in agenda.questions[name]],
                "urls": {lang: links(name, lang) for lang in ("en", "es")},
            }
            for name, one in agenda.practices.items()
        ],
        "left_out": [{"id": one.practice.id, "reason": dict(one.reason)} for one in agenda.left],
        "notes": [dict(note) for note in agenda.notes],
        "request": as_data(agenda.request),
    }


def _block(agenda: Agenda, block: Block) -> dict[str, Any]:
    return {
        "id": block.id,
        "day": block.day,
        "start": agenda.moment(block.day, block.start).isoformat(),
        "end": agenda.moment(block.day, block.end).isoformat(),
        "method": block.method.id,
        "title": dict(block.title),
        "room": block.room,
        "interpreted": block.interpreted,
        "steps": [dict(step) for step in block.method.steps],
        "practices": list(block.practices),
        "roles": [
            {
                "key": role.key,
                "who": dict(role.who),
                "kind": role.kind,
                "does": dict(role.does),
                "practice": role.practice,
            }
            for role in block.roles
        ],
    }


def calendar_name(agenda: Agenda) -> str:
    """What the event is called in calendars: what the request says, else made of title, first day and host."""
    event = f"{agenda.title['en']}|{agenda.request.days[0].date}|{agenda.request.host}"
    return agenda.request.calendar or hashlib.sha256(event.encode()).hexdigest()[:16]


def fixed_request(agenda: Agenda) -> str:
    """The request as YAML with each block of the agenda fixed: change times and titles there, and make it again."""
    data = as_data(agenda.request)
    data["fixed"] = [
        {
            "id": block.id,
            "day": block.day,
            "start": clock(block.start),
            "end": clock(block.end),
            "title": {lang: block.title[lang] for lang in ("en", "es")},
            "method": block.method.id,
            **({"practices": list(block.practices)} if block.practices else {}),
            **({"room": block.room} if block.room else {}),
            "interpreted": block.interpreted,
        }
        for block in agenda.blocks
    ]
    data.pop("rename", None)
    data |= {"calendar": calendar_name(agenda), "revision": agenda.request.revision + 1}
    in_rooms = sum(len(block.practices) for block in agenda.blocks if block.method.id != "field-visit")
    data["practices"] = agenda.request.practices.model_dump(mode="json", exclude_defaults=True) | {"count": in_rooms}
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
    return text
