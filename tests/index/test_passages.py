"""Passages: cut at headings and sentences, never too long, nothing lost, context carried."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.content.library import Library
from kb.index.passages import MAX_UNITS, pack, passages_of, units
from kb.search.engine import SearchEngine


def test_every_practice_has_a_summary_its_questions_and_its_sections(library: Library) -> None:
    entry = library.get("sv-a-tu-lado-support-spaces")
    passages = list(passages_of(entry))
    for lang in ("en", "es"):
        own = [passage for passage in passages if passage.lang == lang]
        assert own[0].section == "summary"
        assert sum(p.section == "question" for p in own) == len(entry.pages[lang].questions)
        assert {"need", "done", "results", "factors"} <= {p.section for p in own}
        assert all(p.context.startswith(entry.pages[lang].title) and "El Salvador" in p.context for p in own)


def test_what_is_not_known_and_what_editors_think_is_not_searched(library: Library) -> None:
    texts = [passage.text for passage in passages_of(library.get("sv-a-tu-lado-support-spaces"))]
    assert not any("Not documented yet" in text or "Editors' note" in text for text in texts)


def test_no_passage_is_longer_than_the_model_reads(library: Library, engine: SearchEngine) -> None:
    passages = [passage for entry in library.practices for passage in passages_of(entry)]
    assert all(units(passage.text) <= MAX_UNITS for passage in passages)
    longest = sorted(passages, key=lambda passage: len(passage.full_text))[-20:]
    most = engine.encoder.info.max_tokens
    assert all(len(engine.encoder.token_offsets(passage.full_text)[0]) < most for passage in longest)


@given(st.lists(st.text("abc .?;", min_size=1, max_size=400), max_size=8), st.integers(1, 30))
def test_packing_loses_nothing_and_keeps_the_limit(blocks: list[str], most: int) -> None:
    packed = list(pack(blocks, most))
    assert all(units(text) <= most or len(text) < 2 for text in packed)
    assert "".join("".join(packed).split()) == "".join("".join(blocks).split())
