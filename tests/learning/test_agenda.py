"""Agendas: the founding event, rules over random requests, and requests that cannot be fulfilled."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.errors import InfeasibleError, KnowledgeBaseError, NotFoundError
from kb.learning import rules
from kb.learning.agenda import Agenda
from kb.learning.as_data import agenda_data, fixed_request
from kb.learning.knowledge import Knowledge
from kb.learning.making import make_agenda
from kb.learning.methods import exchanges
from kb.learning.request import AgendaRequest, load_request, read_request, request_of
from tests.learning.conftest import FOUNDING, asked, wishes


def test_the_founding_event(founding: Agenda) -> None:
    request = founding.request
    assert len(request.days) == 2
    assert len(request.delegations) == 7
    assert not list(rules.violations(founding))
    assert not founding.left
    placed = {name for block in founding.blocks for name in block.practices}
    assert set(request.practices.wanted) <= placed
    assert {visit.practice for visit in request.visits} <= placed
    kinds = {block.method.kind for block in founding.blocks}
    assert {"technical", "relational", "reflexive"} <= kinds
    assert len({block.method.id for block in founding.blocks if block.practices}) >= 4
    assert [block.method.id for block in founding.blocks][-3:] == ["action-planning", "pledge", "closing"]
    presenting = {one.presenter.key for one in founding.practices.values()}
    assert {"CR", "SV", "GT", "HN", "MX", "PA", "CA", "UNICEF"} <= presenting
    for one in request.delegations:
        own = {role.kind for block in founding.blocks for role in block.roles if role.key == one.state}
        assert len(own - {"needs", "friend"}) >= 2, one.state


def test_people_who_come_back_from_a_visit_have_a_break_before_they_go_on(founding: Agenda) -> None:
    for day, number in ((1, 1), (2, 2)):
        blocks = [block.id for block in founding.of_day(day)]
        kinds = {block.id: block.method.id for block in founding.blocks}
        back = blocks.index(f"travel-{number}-back")
        assert kinds[blocks[back + 1]] == "break"
        assert blocks[back + 2] == f"debrief-{number}"


def test_every_word_stands_in_both_languages(founding: Agenda) -> None:
    def texts(value: Any) -> list[dict[str, str]]:
        if isinstance(value, dict):
            return [value] if set(value) == {"en", "es"} else [t for one in value.values() for t in texts(one)]
        return [t for one in value for t in texts(one)] if isinstance(value, list) else []

    found = texts(agenda_data(founding, lambda _id, _lang: ""))
    assert len(found) > 200
    for words in found:
        assert bool(words["en"]) == bool(words["es"])
        assert "{" not in words["en"] + words["es"]


def test_what_is_said_of_a_practice_stands_on_its_page(founding: Agenda) -> None:
    for one in founding.practices.values():
        for lang in ("en", "es"):
            page = one.practice.page(lang)
            parts = ("need", "done", "results", "factors", "adapting")
            said = " ".join([page["summary"], *(line for key in parts for line in one.practice.said(key, lang))])
            assert one.passage[lang].strip("… ")[:60] in said, one.practice.id


def test_the_same_request_gives_the_same_agenda(founding: Agenda, knowledge: Knowledge) -> None:
    again = make_agenda(load_request(FOUNDING), knowledge)
    assert agenda_data(again, lambda _id, _lang: "") == agenda_data(founding, lambda _id, _lang: "")


def test_a_fixed_block_and_a_renamed_session_survive(knowledge: Knowledge) -> None:
    before = make_agenda(asked(), knowledge)
    session = next(block.id for block in before.blocks if block.practices)
    fixed = {
        "id": "opening",
        "day": 1,
        "start": "09:00",
        "end": "09:20",
        "title": "Words of the minister",
        "method": "opening",
    }
    after = make_agenda(asked(fixed=[fixed], rename={session: "Our title", "gone-1": "x"}), knowledge)
    blocks = {block.id: block for block in after.blocks}
    assert (blocks["opening"].start, blocks["opening"].title["es"]) == (540, "Words of the minister")
    assert blocks[session].title["en"] == "Our title"
    assert any("gone-1" in note["en"] for note in after.notes)
    assert sum(block.method.id == "opening" for block in after.blocks) == 1


def test_the_editable_request_makes_the_same_agenda_again(founding: Agenda, knowledge: Knowledge) -> None:
    again = make_agenda(read_request(fixed_request(founding).encode()), knowledge)
    shape = [(b.id, b.day, b.start, b.end, b.title, b.practices, b.interpreted) for b in founding.blocks]
    assert [(b.id, b.day, b.start, b.end, b.title, b.practices, b.interpreted) for b in again.blocks] == shape


def test_an_edited_agenda_is_checked_too(founding: Agenda, knowledge: Knowledge) -> None:
    data = yaml.safe_load(fixed_request(founding))
    data["days"] = [{**day, "date": str(day["date"])} for day in data["days"]]
    session = next(one for one in data["fixed"] if one["id"] == "practices-1")
    session["end"] = "10:35"
    with pytest.raises(InfeasibleError, match="practices-1 and break-1-1 overlap on day 1"):
        make_agenda(request_of(data), knowledge)
    data["fixed"] = [one for one in data["fixed"] if one["id"] != "break-1-1"]
    session["end"] = "10:30"
    with pytest.raises(InfeasibleError, match="On day 1 work goes on for 180 minutes up to the end of practices-2"):
        make_agenda(request_of(data), knowledge)


def test_a_wanted_practice_beyond_the_fair_share_is_explained(knowledge: Knowledge) -> None:
    wanted = ["hn-idp-profiling", "hn-empoder-community-mental-health", "hn-teachers-at-risk"]
    made = make_agenda(asked(practices={"wanted": wanted, "count": 6}), knowledge)
    assert [one.practice.id for one in made.left] == ["hn-teachers-at-risk"]
    assert "raise the fair share" in made.left[0].reason["en"]
    raised = make_agenda(asked(practices={"wanted": wanted, "count": 6, "fair_share": 3}), knowledge)
    assert not raised.left


def test_states_interest_weighs_and_is_asked_about(knowledge: Knowledge) -> None:
    practice = knowledge.practice("sv-mi-primer-trabajo")
    said = {
        "event": "event-x",
        "state": "HN",
        "why": {"es": "Sí"},
        "wants_to_know": [{"es": "¿Quién paga?"}],
        "source": {},
    }
    document = {**practice.document, "interests": [said]}
    curious = Knowledge(knowledge.engine)
    curious.practices["sv-mi-primer-trabajo"] = type(practice)(practice.id, document)
    made = make_agenda(asked(practices={"wanted": [practice.id]}), curious)
    assert "Honduras quiere saber: ¿Quién paga?" in [q["es"] for q in made.questions[practice.id]]
    assert "Honduras" in made.practices[practice.id].reason["en"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"days": [{"date": "2027-03-02", "start": "09:00", "end": "11:00"}],
          "practices": {"wanted": ["hn-idp-profiling", "gt-casa-joven", "cr-casa-de-derechos", "bz-mobile-clinics",
                                   "hn-empoder-community-mental-health", "gt-capmir-centres", "cr-graduation-model",
                                   "bz-migrant-hubs", "gt-univet-mobile-units"]}},
         r"There is room for \d of the 9 practices"),
        ({"days": [{"date": "2027-03-02", "start": "17:00", "end": "08:30"}]}, "Day 1 ends at 08:30, before it starts at 17:00"),
        ({"visits": [{"travel_minutes": 240}]}, "Visit 1 takes 570 minutes with its travel"),
        ({"visits": [{"travel_minutes": 10, "day": 3}]}, "Visit 1 is on day 3, but the event has 1"),
        ({"visits": [{"travel_minutes": 10, "practice": "sv-a-tu-lado-support-spaces"}]},
         "a practice of El Salvador, but the host is Costa Rica"),
        ({"visits": [{"travel_minutes": 10, "practice": "regional-ciudades-solidarias"}]},
         "which several States share and Costa Rica does not; choose a practice of Costa Rica"),
        ({"days": [{"date": f"{year}-03-02", "start": "09:00", "end": "15:00"} for year in (2027, 2028)]},
         "366 days apart, and an event lasts 28 at most; check the year"),
        ({"interpretation": {"interpreters": 0}}, "two languages and no interpreter"),
        ({"days": [{"date": "2027-03-02", "start": "09:00", "end": "09:30"}]}, "lengthen the day"),
        ({"days": [{"date": "2027-03-02", "start": "09:00", "end": "15:00"}] * 2}, "put them in order"),
        ({"delegations": [{"state": "CR"}, {"state": "CR"}]}, "Costa Rica stands twice"),
        ({"fixed": [{"day": 1, "start": "11:00", "end": "14:45", "title": "Visit of the minister"}]}, "for lunch"),
        ({"fixed": [{"day": 1, "start": "07:00", "end": "08:45", "title": "Breakfast"}]}, "outside the hours of day 1"),
        ({"days": [{"date": "2027-03-02", "start": "08:30", "end": "19:00"}],
          "fixed": [{"day": 1, "start": "14:00", "end": "16:45", "title": "Speeches", "interpreted": False}]}, "a break is due"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_change(
    knowledge: Knowledge, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InfeasibleError, match=message):
        make_agenda(asked(**changes), knowledge)


def test_a_practice_of_several_states_can_be_visited_at_each(knowledge: Knowledge) -> None:
    practice = "regional-unicef-remote-psychosocial-guide"
    made = make_agenda(asked(visits=[{"travel_minutes": 10, "practice": practice}]), knowledge)
    assert practice in made.practices


def test_what_a_page_says_is_not_documented_is_not_quoted_to_its_presenter(knowledge: Knowledge) -> None:
    practice = "pa-humanitarian-protection-permit"
    delegations = [{"state": code} for code in ("CR", "PA")]
    made = make_agenda(asked(practices={"wanted": [practice]}, delegations=delegations), knowledge)
    asked_of_it = [question["es"] for question in made.questions[practice]]
    assert any(question.startswith("Su página dice: «Dificultó: el precio.") for question in asked_of_it)
    assert not any("aún no está documentado" in question for question in asked_of_it)


def test_unknown_practices_are_named(knowledge: Knowledge) -> None:
    for words in ("gt-casa-jovem", "Casa Joven, day centres"):
        with pytest.raises(
            NotFoundError, match=r"last part of its page's address, .* Did you mean 'gt-casa-joven'"
        ) as caught:
            make_agenda(asked(practices={"wanted": [words]}), knowledge)
        assert "es la última parte de la dirección de su página" in caught.value.said("es")


STATES = ["BZ", "CR", "SV", "GT", "HN", "MX", "PA", "CO", "CA"]


@st.composite
def _requests(draw: st.DrawFn, knowledge: Knowledge) -> dict[str, Any]:
    states = draw(st.lists(st.sampled_from(STATES), min_size=2, max_size=8, unique=True))
    starts = draw(st.integers(14, 20))
    long = draw(st.integers(4, 20))
    days = draw(st.integers(1, 3))
    practice = st.sampled_from(sorted(knowledge.practices))
    clock = lambda half: f"{half // 2:02}:{half % 2 * 30:02}"  # noqa: E731
    fixed = [
        {
            "day": draw(st.integers(1, days)),
            "start": clock(at),
            "end": clock(at + draw(st.integers(1, 3))),
            "title": "Fixed",
        }
        for at in draw(st.lists(st.integers(starts, starts + long - 1), max_size=2, unique=True))
    ]
    return wishes(
        days=[{"date": f"2027-03-{n:02}", "start": clock(starts), "end": clock(min(46, starts + long))} for n in range(1, days + 1)],
        host=states[0],
        delegations=[{"state": code, "people": draw(st.integers(1, 8))} for code in states],
        languages=draw(st.sampled_from([["es"], ["en", "es"]])),
        interpretation={"interpreters": draw(st.integers(1, 6)), "mode": draw(st.sampled_from(["simultaneous", "consecutive"]))},
        practices={"wanted": draw(st.lists(practice, max_size=6, unique=True)), "excluded": draw(st.lists(practice, max_size=2))},
        visits=[{"travel_minutes": draw(st.sampled_from([0, 10, 30, 60]))} for _ in range(draw(st.integers(0, 2)))],
        parallel=draw(st.integers(1, 3)),
        draft_pledge=draw(st.booleans()),
        fixed=fixed,
    )  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_asked_the_rules_hold_or_a_sentence_says_what_to_change(
    knowledge: Knowledge, data: st.DataObject
) -> None:
    wanted = data.draw(_requests(knowledge))
    made = _made_or_refused(wanted, knowledge)
    if isinstance(made, Agenda):
        _hold(made)
    else:
        assert made.endswith(".")
        assert "%(" not in made


def _made_or_refused(wanted: dict[str, Any], knowledge: Knowledge) -> Agenda | str:
    try:
        return make_agenda(request_of(wanted), knowledge)
    except KnowledgeBaseError as error:
        return str(error)


def _hold(made: Agenda) -> None:
    """The rules once more, in few words and by other means than `kb.learning.rules`."""
    request = made.request
    minutes: dict[tuple[int, int], list[str]] = {}
    for block in made.blocks:
        for minute in range(block.start, block.end):
            rooms = minutes.setdefault((block.day, minute), [])
            assert block.room not in [int(room) for room in rooms]
            assert not rooms or (block.room and "0" not in rooms)
            rooms.append(str(block.room))
    for day, hours in enumerate(request.days, start=1):
        first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (hours.start, hours.end))
        own = [block for block in made.blocks if block.day == day]
        assert all(first <= block.start < block.end <= last for block in own)
        if first <= 720 and last >= 840:
            assert any(block.method.id == "lunch" for block in own)
        working = 0
        for minute in range(first, last):
            at = [block for block in own if block.start <= minute < block.end]
            working = working + 1 if any(not block.is_pause for block in at) else 0
            assert working <= request.pauses.most_without
        spoken = sum(block.end - block.start for block in own if block.interpreted)
        team = request.interpretation
        limit = team.alone_minutes if team.interpreters == 1 else team.half_day_minutes * (team.interpreters // 2)
        assert spoken <= 2 * limit
    placed = {name for block in made.blocks for name in block.practices}
    assert set(request.practices.wanted) <= placed | {one.practice.id for one in made.left}
    assert {one.state for one in request.delegations} <= {role.key for block in made.blocks for role in block.roles}
    assert not placed & set(request.practices.excluded)


@pytest.mark.parametrize("states", [2, 7])
@pytest.mark.parametrize("days", [1, 2, 3])
@pytest.mark.parametrize("visits", [0, 1])
@pytest.mark.parametrize("parallel", [1, 2])
def test_an_ordinary_request_always_gets_an_agenda(
    knowledge: Knowledge, states: int, days: int, visits: int, parallel: int
) -> None:
    request = asked(
        host=STATES[0],
        delegations=[{"state": code, "people": 3} for code in STATES[:states]],
        days=[{"date": f"2027-03-{n:02}", "start": "08:30", "end": "17:00"} for n in range(1, days + 1)],
        visits=[{"travel_minutes": 30}] * visits,
        draft_pledge=True,
        parallel=parallel,
        interpretation={"interpreters": 2 * parallel},
    )
    made = make_agenda(request, knowledge)
    _hold(made)
    again = make_agenda(read_request(fixed_request(made).encode()), knowledge)
    assert [(b.id, b.start, b.room, b.practices) for b in again.blocks] == [
        (b.id, b.start, b.room, b.practices) for b in made.blocks
    ]
    if parallel == 2 and states == 7:
        assert any(block.room == 2 for block in made.blocks)
    assert sum(bool(block.practices) for block in made.blocks) >= 1 + visits


def _event(days: int, states: int, **changes: Any) -> AgendaRequest:
    """Whole days for so many States, each with a wish of its own."""
    wants = (
        "Empleo",
        "Documentos de identidad",
        "Salud mental",
        "Niñez no acompañada",
        "Albergues",
        "Asilo",
        "Escuela",
    )
    return asked(
        change="Las personas refugiadas y desplazadas encuentran empleo, documentos y servicios en los municipios",
        days=[{"date": f"2027-03-{n:02}", "start": "08:30", "end": "17:00"} for n in range(1, days + 1)],
        host=STATES[0],
        delegations=[
            {"state": code, "people": 3, "comes_for": want} for code, want in zip(STATES[:states], wants, strict=False)
        ],
        partners=[{"name": "ACNUR"}],
        **changes,
    )


@pytest.mark.parametrize("states", [4, 6, 7])
@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_longer_programme_holds_more_and_not_more_of_the_same(knowledge: Knowledge, days: int, states: int) -> None:
    made = make_agenda(_event(days, states), knowledge)
    times = Counter(block.method.id for block in made.blocks)
    assert max(times[name] for name in exchanges()) == min(1, max(0, days - 1))
    assert times["recap"] == times["day-close"] == days - 1
    order = [block.method.id for block in made.blocks]
    if days > 1:
        assert {"adaptation", "clinic"} <= set(order)
        assert order.index("adaptation") < order.index("action-planning")
    for block, after in itertools.pairwise(made.blocks):
        assert block.day != after.day or after.start - block.end <= 30, (block.id, after.id)
    working = sum(block.minutes for block in made.blocks if not block.is_pause)
    assert 0.3 <= sum(block.minutes for block in made.blocks if block.practices) / working <= 0.7
    assert sum(len(block.practices) for block in made.blocks) >= states + 3 * days - 1


def test_nobody_breaks_for_coffee_right_after_the_day_began(knowledge: Knowledge) -> None:
    for states in (2, 4, 7):
        made = make_agenda(_event(3, states), knowledge)
        for block in made.blocks:
            if block.method.id == "break":
                assert block.start - 510 >= 45


def test_an_exchange_can_be_left_out(knowledge: Knowledge) -> None:
    made = make_agenda(_event(3, 6, methods={"excluded": ["clinic", "open-space", "bilateral"]}), knowledge)
    assert not {"clinic", "open-space", "bilateral"} & {block.method.id for block in made.blocks}
    fixed = {"day": 1, "start": "15:45", "end": "16:30", "title": "Nuestro consultorio", "method": "clinic"}
    made = make_agenda(_event(3, 6, fixed=[fixed]), knowledge)
    assert sum(block.method.id == "clinic" for block in made.blocks) == 1


def test_what_a_delegation_comes_for_is_served_beyond_the_change_sought(knowledge: Knowledge) -> None:
    """Its practice stands far down for the change, or is not found for it at all."""
    served = {code for one in make_agenda(_event(3, 6), knowledge).practices.values() for code in one.answers}
    assert served == set(STATES[:6])


def test_a_delegation_whose_wish_nothing_answers_is_told_with_what_would(knowledge: Knowledge) -> None:
    permits = {"en": "Work permits issued online", "es": "Permisos de trabajo en línea"}
    comes = [{"state": "BZ", "comes_for": permits}, {"state": "CR"}, {"state": "HN"}]
    wanted = "the nearest to what Belize comes for"
    told = [note["en"] for note in make_agenda(asked(delegations=comes), knowledge).notes if wanted in note["en"]]
    assert len(told) == 1
    named = re.search(r"\(([a-z0-9-]+)\); write it among the practices", told[0])
    assert named
    again = make_agenda(asked(delegations=comes, practices={"wanted": [named[1]]}), knowledge)
    assert "BZ" in again.practices[named[1]].answers
    assert not any(wanted in note["en"] for note in again.notes)
