"""A language's part of the snapshot that is served, taken over where nothing that it is made from has changed.

An edit touches one language. The other's part is copied, not linked: a damaged disk must not take two snapshots at once.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from kb.errors import SnapshotError
from kb.index.layout import Layout, Manifest, SnapshotLayout, verify

_LIBRARIES = ("faiss-cpu", "numpy", "onnxruntime", "tantivy")
_OURS = ("index", "content/glossary.py")


@dataclass(frozen=True)
class TakenOver:
    """What the manifest tells of a part: as the fields of `Manifest` of the same names."""

    described: Mapping[str, int]
    recall: float


def made_from(parts: Iterable[object]) -> str:
    """Another one whenever one of `parts` changes, or the software that makes them into an index."""
    digest = hashlib.sha256(software().encode())
    for part in parts:
        digest.update(f"{part!r}\0".encode())
    return digest.hexdigest()


def take_over(layout: Layout, beside: SnapshotLayout, lang: str, mark: str) -> TakenOver | None:
    """Copies a language's part out of the served snapshot if it was made from the same, and is whole; tells whether it did."""
    try:
        served = layout.snapshot(layout.current())
        manifest = Manifest.read(served.manifest)
    except SnapshotError:
        return None
    if manifest.made_from.get(lang) != mark:
        return None
    own = {name: known for name, known in manifest.files.items() if name.startswith(f"{lang}/")}
    try:
        for name in own:
            (beside.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(served.folder / name, beside.folder / name)
        verify(beside.folder, own)
    except (SnapshotError, FileNotFoundError):
        shutil.rmtree(beside.language(lang).folder, ignore_errors=True)
        return None
    return TakenOver(manifest.languages[lang], manifest.recall[lang])


@cache
def software() -> str:
    """Another one whenever the code that makes or compares passages changes, or a library under it."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    for file in _sources(Path(__file__).parent.parent):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources(package: Path) -> Iterator[Path]:
    for name in _OURS:
        files = (package / name).rglob("*") if (package / name).is_dir() else (package / name,)
        yield from sorted(file for file in files if file.suffix in (".py", ".onnx"))
