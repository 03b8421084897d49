"""Items and passages in, a published snapshot out.

Built beside, checked, then published by replacing one pointer: whoever reads meanwhile has the old snapshot whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from kb.encoding.export import link_export
from kb.encoding.folders import receipt
from kb.encoding.opening import OnnxEncoder
from kb.encoding.protocol import Encoder
from kb.errors import SnapshotError
from kb.index.content import write_content
from kb.index.embeddings import EmbeddingStore, removed_if_damaged
from kb.index.layout import Layout, Manifest, SnapshotLayout, checksums, publish, sync_tree
from kb.index.lexicon import write_lexicon
from kb.index.locking import alone
from kb.index.neighbours import Neighbours
from kb.index.part import Part, write_part
from kb.index.passages import Item, Passage
from kb.index.vectors import EXACT
from kb.sentences import Sentence

KEEP = 3
"""Snapshots kept for going back; older ones are removed after publication."""

_BESIDE = ".building-"

Progress = Callable[[str], None]


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
    kept = cache / "embeddings.sqlite"
    given = (layout, items, passages, encoder, kept, documents or {}, content or {}, exact_up_to, progress)
    with alone(layout.lock, progress):
        _sweep(layout)
        try:
            report = _build(*given)
        except sqlite3.DatabaseError as error:
            if not removed_if_damaged(kept, error):
                raise
            progress(Sentence("what earlier builds encoded is damaged; encoding all anew"))
            report = _build(*given)
        _sweep(layout)
        return report


def _build(
    layout: Layout,
    items: Sequence[Item],
    passages: Sequence[Passage],
    encoder: Encoder,
    kept: Path,
    documents: Mapping[str, Mapping[str, object]],
    content: Mapping[str, bytes],
    exact_up_to: int,
    progress: Progress,
) -> BuildReport:
    store = EmbeddingStore(kept, encoder)
    beside = Path(tempfile.mkdtemp(prefix=_BESIDE, dir=layout.root))
    snapshot = SnapshotLayout(beside)
    try:
        with ThreadPoolExecutor(1) as pool:
            lexicon = pool.submit(write_lexicon, snapshot.lexicon, passages)  # needs nothing that is encoded
            store.ensure(
                [passage.full_text for passage in passages],
                lambda done, of: progress(Sentence("encoded %(done)s of %(all)s passages", done=done, all=of)),
            )
            _write_json(snapshot.items, [asdict(item) for item in items])
            _write_json(snapshot.documents, documents)
            write_content(snapshot.content, content)
            parts = _write_parts(layout, snapshot, items, passages, store, exact_up_to)
            lexicon.result()
        manifest = _write_manifest(snapshot, encoder, len(items), parts, content)
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
    return BuildReport(manifest.generation, len(items), len(passages), store.encoded)


def _write_parts(
    layout: Layout,
    snapshot: SnapshotLayout,
    items: Sequence[Item],
    passages: Sequence[Passage],
    store: EmbeddingStore,
    exact_up_to: int,
) -> dict[str, Part]:
    """What is searched in each language, and which items are near to which."""
    by_language = groupby(sorted(passages, key=attrgetter("lang")), attrgetter("lang"))
    with ThreadPoolExecutor() as pool:
        writing = {
            lang: pool.submit(write_part, layout, snapshot, lang, items, list(own), store, exact_up_to)
            for lang, own in by_language
        }
        parts = {lang: one.result() for lang, one in writing.items()}
    Neighbours.build(snapshot, len(items), {lang: (one.items, one.vectors) for lang, one in parts.items()})
    return parts


def _write_manifest(
    snapshot: SnapshotLayout, encoder: Encoder, items: int, parts: Mapping[str, Part], content: Mapping[str, bytes]
) -> Manifest:
    """Puts the encoder in, if it can be, and describes all that the snapshot holds."""
    described: dict[str, object] = dict(encoder.info.to_dict())
    known: dict[str, str] = {}
    if isinstance(encoder, OnnxEncoder):
        described["export"] = link_export(encoder.folder, snapshot.encoder).to_dict()
        known = {f"{snapshot.encoder.name}/{name}": digest for name, digest in receipt(encoder.folder).items()}
    files = checksums(snapshot.folder, known)
    now = datetime.now(UTC)
    # Two builds in one second of one content are the same snapshot; the digest tells others apart.
    digest = hashlib.sha256(json.dumps([described, sorted(files.items())]).encode()).hexdigest()[:8]
    manifest = Manifest(
        generation=f"{now:%Y%m%dT%H%M%S%f}-{digest}",
        created=now.isoformat(timespec="seconds"),
        encoder=described,
        languages={lang: one.described for lang, one in parts.items()},
        items=items,
        recall={lang: one.recall for lang, one in parts.items()},
        made_from={lang: one.made_from for lang, one in parts.items()},
        content={path: hashlib.sha256(file).hexdigest()[:16] for path, file in content.items()},
        files=files,
    )
    manifest.write(snapshot.manifest)
    return manifest


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _sweep(layout: Layout) -> None:
    """Removes what killed builds left, and snapshots older than the newest `KEEP`."""
    for litter in [*layout.root.glob(f"{_BESIDE}*"), *layout.root.glob(".current-*")]:
        shutil.rmtree(litter, ignore_errors=True) if litter.is_dir() else litter.unlink(missing_ok=True)
    try:
        serving = layout.current()
    except SnapshotError:
        return
    for generation in layout.generations()[:-KEEP]:
        if generation != serving:
            # By its new name the rest is found, should we be killed between two files.
            litter = layout.snapshot(generation).folder.rename(layout.root / f"{_BESIDE}{generation}")
            shutil.rmtree(litter, ignore_errors=True)
