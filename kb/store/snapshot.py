"""A snapshot opened from the store: what is small is fetched once, the rest is asked for."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from kb.encoding.folders import file_digest
from kb.errors import SnapshotError, StoreError
from kb.index.layout import Manifest, SnapshotLayout, verify
from kb.index.snapshot import LanguageIndex, Snapshot
from kb.index.words import read_words
from kb.store.connection import Store
from kb.store.push import is_file
from kb.store.reading import Part, StoredPassages, StoredTokens, StoredVectors, StoredWords

_PIECE = 8_000_000
"""Bytes of a file that are fetched at a time, so that no statement runs into its time limit on a slow line."""


class StoredSnapshot(Snapshot):
    """One generation of the store. `layout` names the folder that its small files were fetched into."""

    def __init__(self, store: Store, layout: SnapshotLayout, manifest: Manifest) -> None:
        self._store = store
        parts = store.rows("SELECT lang, number FROM kb.part WHERE generation = %s", (manifest.generation,))
        self._parts: dict[str, int] = dict(parts)
        super().__init__(layout, manifest)

    def _open(self, lang: str) -> LanguageIndex:
        layout, part = self.layout.language(lang), Part(self._store, self._parts[lang])
        dimension = int(str(self.manifest.encoder["dimension"]))
        return LanguageIndex(
            lang,
            StoredPassages(part, layout, lang, self.items),
            StoredVectors(part),
            StoredWords(part, lang),
            StoredTokens(part, dimension),
            read_words(layout.words),
        )


def published(store: Store) -> str:
    """The generation that is served.

    Raises:
        StoreError: the store does not answer, or nothing was pushed yet.
    """
    found = store.rows("SELECT generation FROM kb.published")
    if not found:
        raise StoreError("The store is empty; run `kb store push`.")
    return str(found[0][0])


def open_stored(store: Store, cache: Path) -> StoredSnapshot:
    """Opens the published snapshot; its small files are fetched into `cache`, each compared with its checksum.

    Raises:
        StoreError: the store does not answer, holds no snapshot, or gives another file than it should.
        SnapshotError: the snapshot is of another make.
    """
    generation = published(store)
    layout = SnapshotLayout(cache / generation)
    if not _whole(layout):
        shutil.rmtree(layout.folder, ignore_errors=True)
        _fetch(store, generation, layout)
    snapshot = StoredSnapshot(store, layout, Manifest.read(layout.manifest))
    _sweep(store, cache)
    return snapshot


def _whole(layout: SnapshotLayout) -> bool:
    """Whether the files were fetched before, and nothing happened to them since."""
    try:
        manifest = Manifest.read(layout.manifest)
        verify(layout.folder, {path: sums for path, sums in manifest.files.items() if is_file(path)})
    except SnapshotError:
        return False
    return True


def _fetch(store: Store, generation: str, layout: SnapshotLayout) -> None:
    """Fetches beside and renames, so that of several workers each finds the folder whole or not at all."""
    blobs = layout.folder.parent / "blobs"
    blobs.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".fetching-", dir=layout.folder.parent))
    try:
        for path, digest in store.rows("SELECT path, digest FROM kb.file WHERE generation = %s", (generation,)):
            target = beside / path
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(_blob(store, blobs, digest), target)
        ((manifest,),) = store.rows("SELECT manifest FROM kb.generation WHERE name = %s", (generation,))
        (beside / layout.manifest.name).write_text(manifest, encoding="utf-8")
        if not layout.manifest.exists():
            beside.rename(layout.folder)
    except OSError as error:
        if not layout.manifest.exists():
            reason = error.strerror or error
            raise StoreError(f"The snapshot could not be fetched into {layout.folder.parent} ({reason}).") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _blob(store: Store, blobs: Path, digest: str) -> Path:
    kept = blobs / digest
    if not kept.exists() or file_digest(kept) != digest:
        with tempfile.NamedTemporaryFile(dir=blobs, delete=False) as file:
            start = 1
            while piece := _piece(store, digest, start):
                file.write(piece)
                start += len(piece)
        if file_digest(Path(file.name)) != digest:
            Path(file.name).unlink()
            raise StoreError("The store gave a file that differs from its checksum; ask its keepers to look at it.")
        Path(file.name).replace(kept)
    return kept


def _piece(store: Store, digest: str, start: int) -> bytes:
    query = "SELECT substring(content FROM %s::int FOR %s::int) FROM kb.blob WHERE digest = %s"
    found = store.rows(query, (start, _PIECE, digest))
    return bytes(found[0][0]) if found else b""


def _sweep(store: Store, cache: Path) -> None:
    """Removes what belongs to snapshots that the store no longer holds."""
    kept = {name for (name,) in store.rows("SELECT name FROM kb.generation")}
    blobs = {digest for (digest,) in store.rows("SELECT digest FROM kb.blob")}
    for folder in cache.glob("[0-9]*"):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    for path in (cache / "blobs").iterdir():
        if path.name not in blobs and not path.name.startswith("tmp"):
            path.unlink(missing_ok=True)
