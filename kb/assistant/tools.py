"""Tools that find and read practices: plain methods over the engine. Names, docstrings and descriptions are what an assistant reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from kb.assistant.answers import (
    Found,
    PracticeAnswer,
    Result,
    SearchAnswer,
    Section,
    Term,
    VocabularyAnswer,
    plain_text,
    sources_of,
)
from kb.content.document import practice_document
from kb.content.problems import did_you_mean
from kb.content.vocabulary import vocabulary
from kb.errors import UnknownTermError
from kb.search.answer import Hit, SearchResponse
from kb.search.engine import SearchEngine
from kb.search.request import FACETS, SearchRequest, search_request
from kb.site.urls import Urls

Lang = Annotated[Literal["en", "es"], Field(description="Language to answer in")]
Terms = Annotated[list[str], Field(description="Terms of list_vocabulary; either of them must match", max_length=20)]
Search = Callable[[SearchEngine, SearchRequest], SearchResponse]


class PracticeTools:
    """Search, one practice in full, and the terms of filters. Each call answers from one snapshot.

    Args:
        engine: gives the engine that is served at the moment.
        address: where readers open the site, without a slash at the end.
        search: how the engine is asked; a server counts its searches here.
    """

    def __init__(self, engine: Callable[[], SearchEngine], address: str, search: Search = SearchEngine.search) -> None:
        self._engine = engine
        self._address = address
        self._search = search

    def search_practices(
        self,
        question: Annotated[str, Field(description="What is needed, in everyday words, in Spanish or English")],
        lang: Lang = "es",
        country: Terms = [],  # noqa: B006
        theme: Terms = [],  # noqa: B006
        population: Terms = [],  # noqa: B006
        status: Terms = [],  # noqa: B006
        evidence: Terms = [],  # noqa: B006
        limit: Annotated[int, Field(ge=1, le=20, description="How many practices")] = 5,
    ) -> SearchAnswer:
        """Find good practices of States for the protection of refugees, displaced people, asylum-seekers and returnees.

        Searches by meaning in both languages. Give readers the `address` of what you use, and cite the sources.
        """
        filters = {
            "country": country, "theme": theme, "population": population, "status": status, "evidence": evidence,
        }  # fmt: skip
        given = {facet: terms for facet, terms in filters.items() if terms}
        engine = self._engine()
        response = self._search(engine, search_request(question, lang, given, page_size=limit))
        found = [self._found(engine, hit, lang) for hit in response.hits]
        return SearchAnswer(
            question=response.request.query, total=response.total, practices=found, generation=response.generation
        )

    def get_practice(
        self, practice_id: Annotated[str, Field(description="The `id` of a search result")], lang: Lang = "es"
    ) -> PracticeAnswer:
        """Read one practice in full: what was done, results, what got in the way, how to adapt it, and its sources."""
        engine = self._engine()
        return self._practice(engine, practice_document(engine.snapshot.documents, practice_id), lang)

    def list_vocabulary(
        self,
        filter: Annotated[str, Field(description="One filter, such as `theme`; empty for all")] = "",  # noqa: A002
        lang: Lang = "es",
    ) -> VocabularyAnswer:
        """List the filters of search_practices and the terms that each takes, with what they mean."""
        if filter and filter not in FACETS:
            raise UnknownTermError("There is no filter %(name)r.", hint=did_you_mean(filter, FACETS), name=filter)
        engine = self._engine()
        counted = engine.facets.counts(range(len(engine.snapshot.items)))
        return VocabularyAnswer(
            filters={
                facet: [
                    Term(
                        term=term,
                        label=entry.label[lang],
                        definition=entry.definition.get(lang, ""),
                        practices=counted[facet].get(term, 0),
                    )
                    for term, entry in vocabulary()[name].items()
                ]
                for facet, name in FACETS.items()
                if filter in ("", facet)
            }
        )

    def _found(self, engine: SearchEngine, hit: Hit, lang: str) -> Found:
        shown = lang if lang in hit.item.titles else next(iter(hit.item.titles))
        return Found(
            id=hit.item.id,
            title=hit.item.titles[shown],
            summary=hit.item.summaries[shown],
            address=self._page(hit.item.id, lang),
            lang=shown,
            passage=plain_text(hit.snippet.html),
            passage_lang=hit.snippet.lang,
            facets={facet: list(terms) for facet, terms in hit.item.facets.items()},
            sources=sources_of(engine.snapshot.documents[hit.item.id]),
        )

    def _practice(self, engine: SearchEngine, document: dict[str, Any], lang: str) -> PracticeAnswer:
        shown = lang if lang in document["pages"] else document["original_language"]
        page, facts = document["pages"][shown], document["facts"]
        results = [
            Result(**{**result, "label": label})
            for result, label in zip(facts["results"], page["labels"].get("results", []), strict=False)
        ]
        return PracticeAnswer(
            id=document["id"],
            address=self._page(document["id"], lang),
            lang=shown,
            original_language=document["original_language"],
            results=results,
            sections=[Section(heading=section["heading"], text=section["markdown"]) for section in page["sections"]],
            sources=sources_of(document),
            places=page["labels"].get("places", []),
            implementers=page["labels"].get("implementers", []),
            similar=[item.id for item, _ in engine.similar(document["id"])],
            **{key: page[key] for key in ("title", "summary", "translation")},
            **{key: facts[key] for key in ("countries", "status", "evidence", "last_reviewed")},
        )

    def _page(self, practice_id: str, lang: str) -> str:
        return self._address + Urls(lang).page("practice", practice_id)
