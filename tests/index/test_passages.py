"""Passages: cut at headings and sentences, never too long, nothing lost, context carried."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.content.library import Library
from kb.index.passages import MAX_TOKENS, pack, passages_of


def _words(text: str) -> int:
    return len(text.split())


def test_every_practice_has_a_summary_its_questions_and_its_sections(library: Library) -> None:
    entry = library.get("sv-a-tu-lado-support-spaces")
    passages = list(passages_of(entry, _words))
    for lang in ("en", "es"):
        own = [passage for passage in passages if passage.lang == lang]
        assert own[0].section == "summary"
        assert sum(p.section == "question" for p in own) == len(entry.pages[lang].questions)
        assert {"need", "done", "results", "factors"} <= {p.section for p in own}
        assert all(p.context.startswith(entry.pages[lang].title) and "El Salvador" in p.context for p in own)


def test_what_is_not_known_and_what_editors_think_is_not_searched(library: Library) -> None:
    texts = [passage.text for passage in passages_of(library.get("sv-a-tu-lado-support-spaces"), _words)]
    assert not any("Not documented yet" in text or "Editors' note" in text for text in texts)


def test_no_passage_is_longer_than_the_model_reads(library: Library) -> None:
    for entry in library.practices:
        assert all(_words(passage.text) <= MAX_TOKENS for passage in passages_of(entry, _words))


@given(st.lists(st.text("abc .?;", min_size=1, max_size=400), max_size=8), st.integers(1, 30))
def test_packing_loses_nothing_and_keeps_the_limit(blocks: list[str], most: int) -> None:
    packed = list(pack(blocks, _words, most))
    assert all(_words(text) <= most for text in packed)
    assert "".join("".join(packed).split()) == "".join("".join(blocks).split())
