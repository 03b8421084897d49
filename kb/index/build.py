"""Items and passages in, a published snapshot out.

Built beside, checked, then published by replacing one pointer: whoever reads meanwhile has the old snapshot whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.encoding.export import link_export
from kb.encoding.folders import receipt
from kb.encoding.opening import OnnxEncoder
from kb.encoding.protocol import Encoder
from kb.errors import SnapshotError
from kb.index.content import write_content
from kb.index.embeddings import EmbeddingStore, Kept
from kb.index.layout import LanguageLayout, Layout, Manifest, SnapshotLayout, checksums, publish, sync_tree
from kb.index.lexical import TantivyIndex
from kb.index.lexicon import write_lexicon
from kb.index.locking import alone
from kb.index.neighbours import Neighbours
from kb.index.passages import Item, Passage
from kb.index.tokens import PassageTokens, TokenVectors
from kb.index.vectors import EXACT, FaissIndex
from kb.index.words import write_words

KEEP = 3
"""Snapshots kept for going back; older ones are removed after publication."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Written:
    """What was written of one language: the item number and vector of each passage, and what the manifest tells."""

    items: npt.NDArray[np.int32]
    vectors: npt.NDArray[np.float32]
    described: Mapping[str, int]
    recall: float


@dataclass(frozen=True)
class BuildReport:
    """What a build did. `encoded` passages were encoded now, the others were kept from earlier builds."""

    generation: str
    items: int
    passages: int
    encoded: int


def build_snapshot(
    layout: Layout,
    items: Sequence[Item],
    passages: Sequence[Passage],
    encoder: Encoder,
    *,
    cache: Path,
    documents: Mapping[str, Mapping[str, object]] | None = None,
    content: Mapping[str, bytes] | None = None,
    exact_up_to: int = EXACT,
    progress: Progress = lambda _: None,
) -> BuildReport:
    """Builds and publishes a snapshot.

    Args:
        layout: the folder of snapshots.
        items: what results are.
        passages: their texts; each names an item of `items`.
        encoder: encodes what no earlier build has encoded; an exported one goes into the snapshot, to serve.
        cache: folder for kept embeddings.
        documents: entries in full by id, carried along so that a server needs nothing but the snapshot.
        content: each content file by path, carried along so that the site can be made again.
        exact_up_to: passages of a language up to which the dense side compares all.
        progress: told each step in words.
    """
    layout.root.mkdir(parents=True, exist_ok=True)
    with alone(layout.lock, progress):
        _sweep(layout)
        store = EmbeddingStore(cache / "embeddings.sqlite", encoder)
        beside = Path(tempfile.mkdtemp(prefix=".building-", dir=layout.root))
        try:
            store.ensure(
                [passage.full_text for passage in passages],
                lambda done, of: progress(f"encoded {done} of {of} passages"),
            )
            snapshot = SnapshotLayout(beside)
            _write_json(snapshot.documents, documents or {})
            write_content(snapshot.content, content or {})
            manifest = _write(snapshot, items, passages, store, encoder, content or {}, exact_up_to)
            sync_tree(beside)
            beside.chmod(0o755)
            beside.rename(layout.snapshot(manifest.generation).folder)
            publish(layout, manifest.generation)
        except OSError as error:
            reason = error.strerror or error
            raise SnapshotError(f"The index could not be written ({reason}); the earlier one still serves.") from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            store.close()
        _sweep(layout)
        return BuildReport(manifest.generation, len(items), len(passages), store.encoded)


def _write(
    snapshot: SnapshotLayout,
    items: Sequence[Item],
    passages: Sequence[Passage],
    store: EmbeddingStore,
    encoder: Encoder,
    content: Mapping[str, bytes],
    exact_up_to: int,
) -> Manifest:
    _write_json(snapshot.items, [asdict(item) for item in items])
    described: dict[str, object] = dict(encoder.info.to_dict())
    known: dict[str, str] = {}
    if isinstance(encoder, OnnxEncoder):
        described["export"] = link_export(encoder.folder, snapshot.encoder).to_dict()
        known = {f"{snapshot.encoder.name}/{name}": digest for name, digest in receipt(encoder.folder).items()}
    languages: dict[str, Mapping[str, int]] = {}
    recall, vectors = {}, {}
    for lang in sorted({passage.lang for passage in passages}):
        own = [passage for passage in passages if passage.lang == lang]
        written = _write_language(snapshot.language(lang), lang, items, own, store, encoder, exact_up_to)
        languages[lang], recall[lang] = written.described, written.recall
        vectors[lang] = (written.items, written.vectors)
    write_lexicon(snapshot.lexicon, passages)
    Neighbours.build(snapshot, len(items), vectors)
    files = checksums(snapshot.folder, known)
    now = datetime.now(UTC)
    # Two builds in one second of one content are the same snapshot; the digest tells others apart.
    digest = hashlib.sha256(json.dumps([described, sorted(files.items())]).encode()).hexdigest()[:8]
    manifest = Manifest(
        generation=f"{now:%Y%m%dT%H%M%S%f}-{digest}",
        created=now.isoformat(timespec="seconds"),
        encoder=described,
        languages=languages,
        items=len(items),
        recall=recall,
        content={path: hashlib.sha256(file).hexdigest()[:16] for path, file in content.items()},
        files=files,
    )
    manifest.write(snapshot.manifest)
    return manifest


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _write_language(
    layout: LanguageLayout,
    lang: str,
    items: Sequence[Item],
    passages: Sequence[Passage],
    store: EmbeddingStore,
    encoder: Encoder,
    exact_up_to: int,
) -> _Written:
    layout.folder.mkdir()
    positions = {item.id: number for number, item in enumerate(items)}
    texts = [passage.full_text for passage in passages]
    _write_passages(layout, passages, positions)
    kept = list(store.read(texts))
    vectors = np.stack([one.vector for one in kept])
    tokens = list(_tokens(passages, kept))
    recall = FaissIndex.build(layout.vectors, vectors, exact_up_to)
    TokenVectors.build(layout, tokens, encoder.info.dimension)
    write_words(layout.words, texts)
    filters = ([f"{facet}:{term}" for facet, terms in items[positions[p.item_id]].facets.items() for term in terms]
               for p in passages)  # fmt: skip
    TantivyIndex.build(layout.lexical, lang, texts, filters)
    numbers = np.array([positions[passage.item_id] for passage in passages], np.int32)
    described = {"passages": len(passages), "tokens": sum(len(one.scales) for one in tokens)}
    return _Written(numbers, vectors, described, recall)


def _tokens(passages: Sequence[Passage], kept: Sequence[Kept]) -> Iterator[PassageTokens]:
    """Late interaction reads the context (title and country) once an item: with its first passage.

    With every passage it would be a third of all tokens, and would let the title speak for passages that say nothing.
    """
    before = ""
    for passage, one in zip(passages, kept, strict=True):
        first = passage.item_id != before
        yield one.tokens if first else one.tokens.behind(len(passage.full_text) - len(passage.text))
        before = passage.item_id


def _write_passages(layout: LanguageLayout, passages: Sequence[Passage], positions: Mapping[str, int]) -> None:
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
        items=np.array([positions[passage.item_id] for passage in passages], np.int32),
        sections=np.array([numbers[passage.section] for passage in passages], np.uint8),
        section_names=np.array(sections),
    )


def _sweep(layout: Layout) -> None:
    """Removes what killed builds left, and snapshots older than the newest `KEEP`."""
    for litter in [*layout.root.glob(".building-*"), *layout.root.glob(".current-*")]:
        shutil.rmtree(litter, ignore_errors=True) if litter.is_dir() else litter.unlink(missing_ok=True)
    try:
        serving = layout.current()
    except SnapshotError:
        return
    for generation in layout.generations()[:-KEEP]:
        if generation != serving:
            shutil.rmtree(layout.snapshot(generation).folder, ignore_errors=True)
