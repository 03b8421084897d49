"""What lies on disk: the folder of snapshots, one snapshot, and its manifest.

index/
  current                 name of the generation that is served: one line, replaced in one step
  20261121T120000-1a2b3c4d/
    manifest.json         what it holds, of which make, with a checksum for every file
    items.json              what can be found, with its facets
    documents.json          every entry in full, as the API returns it
    content.zip             the content files that it was built from
    lexicon.json            which stem of one language says what a stem of the other says
    neighbours.npz          the nearest items of each item
    items.npy               float16[items, d] mean passage vector of each item
    encoder/              query encoder for ONNX Runtime
    en/ es/               one folder a language
      passages.bin        texts, one after the other, UTF-8
      passages.npz        where each text begins, whose it is, which section
      vectors.faiss
      tokens.npy          int8[T, d] token vectors of all passages, one after the other
      tokens.npz          where each passage's tokens begin, the scale of each token
      lexical/            Tantivy index
      words.tsv           every word as it is written, and in how many passages: what typing errors are read as
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from kb.encoding.folders import file_digest
from kb.errors import NoSnapshotError, SnapshotError

SCHEMA = 2
"""Raised when a snapshot of an earlier make can no longer be read."""


@dataclass(frozen=True)
class Layout:
    """Names every file of the folder of snapshots and of one snapshot."""

    root: Path

    @property
    def pointer(self) -> Path:
        return self.root / "current"

    @property
    def lock(self) -> Path:
        return self.root / ".lock"

    def snapshot(self, generation: str) -> SnapshotLayout:
        return SnapshotLayout(self.root / generation)

    def generations(self) -> list[str]:
        """Names of the snapshots that are there, oldest first."""
        if not self.root.is_dir():
            return []
        return sorted(path.parent.name for path in self.root.glob("[0-9]*/manifest.json"))

    def current(self) -> str:
        """The generation that is served.

        Raises:
            NoSnapshotError: nothing was built yet.
            SnapshotError: something was, and the system does not let it be read.
        """
        try:
            return self.pointer.read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            raise NoSnapshotError("There is no index yet; run `kb build`.") from None
        except OSError as error:
            raise SnapshotError(
                f"The index in {self.root} cannot be read ({error.strerror}); mend that, or set KB_INDEX to another folder."
            ) from None


@dataclass(frozen=True)
class SnapshotLayout:
    """Names the files of one snapshot."""

    folder: Path

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"

    @property
    def items(self) -> Path:
        return self.folder / "items.json"

    @property
    def documents(self) -> Path:
        return self.folder / "documents.json"

    @property
    def content(self) -> Path:
        return self.folder / "content.zip"

    @property
    def lexicon(self) -> Path:
        return self.folder / "lexicon.json"

    @property
    def neighbours(self) -> Path:
        return self.folder / "neighbours.npz"

    @property
    def item_vectors(self) -> Path:
        return self.folder / "items.npy"

    @property
    def encoder(self) -> Path:
        return self.folder / "encoder"

    def language(self, lang: str) -> LanguageLayout:
        return LanguageLayout(self.folder / lang)


@dataclass(frozen=True)
class LanguageLayout:
    """Names the files of one language's part."""

    folder: Path

    @property
    def texts(self) -> Path:
        return self.folder / "passages.bin"

    @property
    def passages(self) -> Path:
        return self.folder / "passages.npz"

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors.faiss"

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens.npy"

    @property
    def token_index(self) -> Path:
        return self.folder / "tokens.npz"

    @property
    def lexical(self) -> Path:
        return self.folder / "lexical"

    @property
    def words(self) -> Path:
        return self.folder / "words.tsv"


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says of itself.

    `files` maps each file to its size and SHA-256; `recall` each language to the share of the true ten nearest passages that its
    dense side found of samples when it was built, 1.0 where all are compared; `made_from` changes with what a language's part is
    made from.
    """

    generation: str
    created: str
    encoder: Mapping[str, object]
    languages: Mapping[str, Mapping[str, int]]
    items: int
    recall: Mapping[str, float] = field(default_factory=dict)
    made_from: Mapping[str, str] = field(default_factory=dict)
    content: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    schema: int = SCHEMA

    def write(self, path: Path) -> None:
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        # The manifest vouches for every file, and its last line vouches for the manifest.
        path.write_text(f"{text}\n{hashlib.sha256(text.encode()).hexdigest()}\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """The manifest of a snapshot.

        Raises:
            SnapshotError: missing, damaged, or of another version of the software.
        """
        name = path.parent.name
        try:
            text, _, digest = path.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")
        except (OSError, UnicodeDecodeError):
            raise SnapshotError(f"Snapshot {name} has no readable manifest; run `kb build`.") from None
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            raise SnapshotError(f"The manifest of snapshot {name} is damaged; run `kb build`.")
        data = json.loads(text)
        if data.get("schema") != SCHEMA:
            found = data.get("schema")
            raise SnapshotError(f"Snapshot {name} has format {found}, this software reads {SCHEMA}; run `kb build`.")
        return cls(**{f.name: data[f.name] for f in fields(cls) if f.name in data})


def checksums(folder: Path, known: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of every file below `folder` but the manifest, by relative path; `known` ones are not read again."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    wanted = [path for path in paths if not path.name.startswith(".tantivy")]
    with ThreadPoolExecutor() as pool:
        names = [path.relative_to(folder).as_posix() for path in wanted]
        sums = pool.map(
            lambda path, name: (path.stat().st_size, known[name]) if name in known else _digest(path), wanted, names
        )
        return dict(zip(names, sums, strict=True))


def verify(folder: Path, files: Mapping[str, tuple[int, str]]) -> None:
    """Compares files with what a manifest says of them.

    Raises:
        SnapshotError: a file is missing, cut or changed; names the first.
    """

    def check(expected: tuple[str, tuple[int, str]]) -> str | None:
        name, (size, digest) = expected
        try:
            intact = (folder / name).stat().st_size == size and _digest(folder / name)[1] == digest
        except OSError:
            intact = False
        return None if intact else name

    with ThreadPoolExecutor() as pool:
        damaged = [name for name in pool.map(check, files.items()) if name]
    if damaged:
        raise SnapshotError(
            f"Snapshot {folder.name} is damaged ({damaged[0]} differs from its checksum); run `kb build`."
        )


def _digest(path: Path) -> tuple[int, str]:
    return path.stat().st_size, file_digest(path)


def sync_tree(folder: Path) -> None:
    """Forces every file and folder below `folder` to the disk."""
    for root, _, names in os.walk(folder):
        for path in [*(Path(root, name) for name in names), Path(root)]:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def publish(layout: Layout, generation: str) -> None:
    """Makes `generation` the one that is served, in one step."""
    beside = layout.root / f".current-{os.getpid()}"
    with beside.open("w", encoding="ascii") as file:
        file.write(generation + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(layout.pointer)
    descriptor = os.open(layout.root, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
