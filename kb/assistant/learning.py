"""Tools of peer learning: what States promised, who answers it, and the draft of an agenda."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from kb.assistant.answers import plain_text, sources_of
from kb.assistant.learning_answers import (
    AgendaAnswer,
    Commitment,
    CommitmentsAnswer,
    MatchAnswer,
    Matched,
    in_language,
)
from kb.assistant.tools import Lang, Terms
from kb.learning.as_data import agenda_data
from kb.learning.knowledge import Entry
from kb.learning.making import make_agenda
from kb.learning.matching import KEPT, Match, Matching, matching_of
from kb.learning.request import AgendaRequest, check_size, request_of
from kb.search.engine import SearchEngine
from kb.search.request import checked_filters
from kb.site.agendas import Wish
from kb.site.urls import Urls

# Described to the assistant as what it is; checked by `request_of`, whose sentences say what to change.
Wishes = Annotated[Any, PlainValidator(lambda given: given, json_schema_input_type=AgendaRequest)]


class LearningTools:
    """Commitments, matches and agendas. Each call answers from one snapshot.

    Args:
        engine: gives the engine that is served at the moment.
        address: where readers open the site, without a slash at the end.
    """

    def __init__(self, engine: Callable[[], SearchEngine], address: str) -> None:
        self._engine = engine
        self._address = address

    def list_commitments(self, country: Terms = [], theme: Terms = [], lang: Lang = "es") -> CommitmentsAnswer:  # noqa: B006
        """List what States promised or say that they need: the commitments that match_commitment takes."""
        wanted = checked_filters({"country": country, "theme": theme})
        found = matching_of(self._engine()).knowledge.commitments.values()
        return CommitmentsAnswer(
            commitments=[
                self._commitment(one, lang)
                for one in found
                if set(wanted.get("country", one.states)) & set(one.states)
                and set(wanted.get("theme", one.themes)) & one.themes
            ]
        )

    def match_commitment(
        self,
        commitment_id: Annotated[str, Field(description="The `id` of list_commitments")],
        lang: Lang = "es",
        limit: Annotated[int, Field(ge=1, le=KEPT, description="How many practices")] = 5,
    ) -> MatchAnswer:
        """Find practices of other States that answer a commitment, each with the reason, the passage and its sources."""
        engine = self._engine()
        matching = matching_of(engine)
        commitment = matching.knowledge.commitment(commitment_id)
        found = matching.practices_for(commitment)[:limit]
        return MatchAnswer(
            commitment=self._commitment(commitment, lang),
            practices=[self._matched(matching, one, lang) for one in found],
            generation=engine.snapshot.generation,
        )

    def draft_agenda(
        self, request: Annotated[Wishes, Field(description="What the organiser wants")], lang: Lang = "es"
    ) -> AgendaAnswer:
        """Draft the agenda of a learning event between States: blocks with times and roles, practices with reasons and questions.

        Ask the organiser for `title`, `change` (what should be different for people afterwards), `days`, `time_zone`, `place`,
        `host` and `delegations`; the rest may be left out. Texts are one string, or one a language: {"en": ..., "es": ...}. Example:
        {"title": "Psychosocial support", "change": "Displaced children find psychosocial support in local services",
        "days": [{"date": "2027-03-02", "start": "08:30", "end": "17:00"}], "time_zone": "America/Costa_Rica", "place": "San José",
        "host": "CR", "delegations": [{"state": "CR", "people": 4}, {"state": "HN", "people": 3}]}.
        The same request gives the same agenda. It is a draft: an organiser decides.
        """
        check_size(len(json.dumps(request, ensure_ascii=False).encode(errors="replace")))
        asked = request_of(request)
        engine = self._engine()
        wish = Wish(lang, site=asked.site or self._address)
        made = make_agenda(asked, matching_of(engine).knowledge)
        data = in_language(agenda_data(made, wish.links), lang)
        for practice in data["practices"]:
            document = made.practices[practice["id"]].practice.document
            practice |= {"address": practice.pop("urls"), "sources": sources_of(document)}
        form = self._address + Urls(lang).section("agenda")
        return AgendaAnswer(**data, lang=lang, form=form, generation=engine.snapshot.generation)

    def _commitment(self, commitment: Entry, lang: str) -> Commitment:
        return Commitment(
            id=commitment.id,
            title=commitment.title[lang],
            summary=commitment.summary[lang],
            address=self._page(commitment, lang),
            lang=commitment.page_lang(lang),
            countries=list(commitment.states),
            themes=sorted(commitment.themes),
            sources=sources_of(commitment.document),
        )

    def _matched(self, matching: Matching, one: Match, lang: str) -> Matched:
        passage = matching.passage(one, lang)
        return Matched(
            id=one.practice.id,
            title=one.practice.title[lang],
            address=self._page(one.practice, lang),
            lang=one.practice.page_lang(lang),
            countries=list(one.practice.states),
            reason=one.reason[lang],
            need=one.need.words[lang],
            need_by_editors=one.need.key == "learning_interest",
            passage=plain_text(passage.html),
            passage_lang=passage.lang,
            sources=sources_of(one.practice.document),
        )

    def _page(self, entry: Entry, lang: str) -> str:
        return self._address + Urls(lang).page(str(entry.document["kind"]), entry.id)
