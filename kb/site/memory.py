"""Remembers from what each page was made, so that a build renders only what an edit touches."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from kb.content.library import Library
from kb.content.model import Entry
from kb.site.views import EntryView

WHOLE = ("it", "whole")
"""Names of what is shown with its body. Entries under any other name are listed: their front matter is all that shows."""


class PageMemory:
    """Page file to the fingerprint of what it shows, and to the file's own size and time.

    The last two notice a page that someone changed or replaced: it is made again.
    """

    def __init__(self, path: Path, library: Library) -> None:
        self._path = path
        self._library = library
        self._before: dict[str, list[object]] = _read(path)
        self._now: dict[str, list[object]] = {}
        self._listed: dict[str, str] = {}

    def written(self, file: Path, shown: Mapping[str, object], address: str, render: Callable[[], bytes]) -> bool:
        """Makes a page anew where it must be; tells whether its bytes changed."""
        marks = [f"{name}:{self._mark(value, name in WHOLE)}" for name, value in shown.items()]
        fingerprint = hashlib.sha256(f"{software()}\0{address}\0{marks}".encode()).hexdigest()
        key = str(file)
        if self._before.get(key) == [fingerprint, *_state(file)]:
            self._now[key] = self._before[key]
            return False
        changed = write_changed(file, render())
        self._now[key] = [fingerprint, *_state(file)]
        return changed

    def save(self) -> None:
        """Keeps what was learnt for the next build."""
        write_changed(self._path, json.dumps(self._now).encode())

    def _mark(self, value: object, whole: bool) -> str:
        """Text that differs whenever a page that shows `value` would."""
        if isinstance(value, EntryView):
            body = self._library.documents[value.page.path].digest if whole else ""
            return f"{value.page.path} {self._front(value.entry)} {body}"
        if dataclasses.is_dataclass(value):
            return self._mark(vars(value), whole)
        if isinstance(value, Mapping):
            return f"{{{','.join(f'{key}:{self._mark(item, whole)}' for key, item in value.items())}}}"
        if isinstance(value, Iterable) and not isinstance(value, str):
            return f"[{','.join(self._mark(item, whole) for item in value)}]"
        return repr(value)

    def _front(self, entry: Entry) -> str:
        """Changes with the front matter of an entry in any language."""
        if entry.id not in self._listed:
            fronts = [self._library.documents[page.path].data for _, page in sorted(entry.pages.items())]
            text = json.dumps([entry.id, fronts], default=str)
            self._listed[entry.id] = hashlib.sha256(text.encode()).hexdigest()
        return self._listed[entry.id]


def write_changed(path: Path, content: bytes) -> bool:
    """Writes a file where its bytes would change, in one step; tells whether it did."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
    return True


@cache
def software() -> str:
    """Changes with anything of ours that a page is made by: templates, words, vocabulary, code."""
    digest = hashlib.sha256()
    for package in ("kb.site", "kb.content", "kb.word"):
        for file in _files_below(files(package)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _files_below(folder: Traversable) -> Iterable[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from () if entry.name == "__pycache__" else _files_below(entry)
        else:
            yield entry


def _state(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (-1, -1)
    return (found.st_size, found.st_mtime_ns)


def _read(path: Path) -> dict[str, list[object]]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
