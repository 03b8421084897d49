"""Requests for tests: a small one to change, and the founding event."""

from __future__ import annotations

from typing import Any

import pytest

from kb.learning.agenda import Agenda
from kb.learning.knowledge import Knowledge
from kb.learning.making import make_agenda
from kb.learning.matching import Matching, matching_of
from kb.learning.request import AgendaRequest, load_request, request_of
from kb.search.engine import SearchEngine
from tests.conftest import ROOT

FOUNDING = ROOT / "examples" / "san-salvador-2023.yaml"


@pytest.fixture(scope="session")
def matching(engine: SearchEngine) -> Matching:
    return matching_of(engine)


@pytest.fixture(scope="session")
def knowledge(matching: Matching) -> Knowledge:
    return matching.knowledge


@pytest.fixture(scope="session")
def founding(knowledge: Knowledge) -> Agenda:
    """The agenda of the founding event."""
    return make_agenda(load_request(FOUNDING), knowledge)


def wishes(**changes: Any) -> dict[str, Any]:
    """A day in San José for four States, with what a test changes."""
    return {
        "title": "Psychosocial support",
        "change": "Displaced children find psychosocial support in local services",
        "days": [{"date": "2027-03-02", "start": "08:30", "end": "17:00"}],
        "time_zone": "America/Costa_Rica",
        "place": "San José",
        "host": "CR",
        "delegations": [{"state": code, "people": 3} for code in ("CR", "HN", "GT", "BZ")],
    } | changes


def asked(**changes: Any) -> AgendaRequest:
    return request_of(wishes(**changes))
