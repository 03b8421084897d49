"""One language's part of a snapshot: made from its passages, or taken over from the snapshot that is served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from kb.index.embeddings import EmbeddingStore, Kept
from kb.index.layout import LanguageLayout, Layout, SnapshotLayout
from kb.index.lexical import TantivyIndex
from kb.index.passages import Item, Passage
from kb.index.reuse import made_from, take_over
from kb.index.tokens import PassageTokens, TokenVectors
from kb.index.vectors import FaissIndex
from kb.index.words import write_words


@dataclass(frozen=True)
class Part:
    """What was written of one language.

    Attributes:
        items: int32[n], the item number of each passage.
        vectors: float32[n, d], their vectors.
        described, recall, made_from: what the manifest tells of it, see `Manifest`.
    """

    items: npt.NDArray[np.int32]
    vectors: npt.NDArray[np.float32]
    described: Mapping[str, int]
    recall: float
    made_from: str


def write_part(
    layout: Layout,
    beside: SnapshotLayout,
    lang: str,
    items: Sequence[Item],
    passages: Sequence[Passage],
    store: EmbeddingStore,
    exact_up_to: int,
) -> Part:
    """Writes what is searched in one language into the snapshot that is being made, `beside` the served one.

    All `passages` must have been ensured in `store`; the other arguments are those of `build_snapshot`.
    """
    positions = {item.id: number for number, item in enumerate(items)}
    numbers = np.array([positions[passage.item_id] for passage in passages], np.int32)
    texts = [passage.full_text for passage in passages]
    terms = [[f"{facet}:{term}" for facet, term in item.terms] for item in items]
    mark = made_from(chain((store.made_by, exact_up_to, numbers.tobytes()), terms, passages))
    same = take_over(layout, beside, lang, mark)
    if same:
        return Part(numbers, store.vectors(texts), same.described, same.recall, mark)
    part = beside.language(lang)
    part.folder.mkdir()
    _write_passages(part, passages, numbers)
    kept = list(store.read(texts))
    vectors = np.stack([one.vector for one in kept])
    tokens = list(_tokens(passages, kept))
    recall = FaissIndex.build(part.vectors, vectors, exact_up_to)
    TokenVectors.build(part, tokens, vectors.shape[1])
    write_words(part.words, texts)
    TantivyIndex.build(part.lexical, lang, texts, (terms[number] for number in numbers.tolist()))
    described = {"passages": len(passages), "tokens": sum(len(one.scales) for one in tokens)}
    return Part(numbers, vectors, described, recall, mark)


def _tokens(passages: Sequence[Passage], kept: Sequence[Kept]) -> Iterator[PassageTokens]:
    """Late interaction reads the context (title and country) once an item: with its first passage.

    With every passage it would be a third of all tokens, and would let the title speak for passages that say nothing.
    """
    before = ""
    for passage, one in zip(passages, kept, strict=True):
        first = passage.item_id != before
        yield one.tokens if first else one.tokens.behind(len(passage.full_text) - len(passage.text))
        before = passage.item_id


def _write_passages(layout: LanguageLayout, passages: Sequence[Passage], items: npt.NDArray[np.int32]) -> None:
    sections = sorted({passage.section for passage in passages})
    numbers = {section: number for number, section in enumerate(sections)}
    ends, context_ends, at = [], [], 0
    with layout.texts.open("wb") as file:
        for passage in passages:
            context, text = passage.context.encode(), passage.text.encode()
            file.write(context + text)
            at += len(context) + len(text)
            context_ends.append(at - len(text))
            ends.append(at)
    np.savez(
        layout.passages,
        ends=np.array(ends, np.int64),
        context_ends=np.array(context_ends, np.int64),
        items=items,
        sections=np.array([numbers[passage.section] for passage in passages], np.uint8),
        section_names=np.array(sections),
    )
