"""What pure functions of this package gave, kept between runs: reading every page takes seconds, and an edit changes one.

Within a process a `remembered` function keeps its latest results, as `functools.lru_cache` does. Inside `remembering(file)` it
also takes those of earlier runs from a file, and what was asked for is written back to it at the end.
"""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

_DAYS = 30
_DIGEST = 20
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID"
)
_OURS = "SELECT key, value FROM kept WHERE key >= ? AND key < ?"
"""What earlier runs of this same code asked for: its mark begins their keys."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


class _Memory:
    """Results by a digest of code, function and arguments, in a database; without one, in the process alone."""

    def __init__(self, file: Path) -> None:
        self._found: dict[bytes, Any] = {}
        self._new: set[bytes] = set()
        self._database: sqlite3.Connection | None = None
        self._kept: dict[bytes, bytes] = {}
        with suppress(sqlite3.Error, OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(file, check_same_thread=False)
            self._database.executescript(_SCHEMA)
            # In one question instead of thousands.
            ours = _code()
            self._kept = dict(self._database.execute(_OURS, (ours, ours + b"\xff" * _DIGEST)))

    def get(self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        key = _code() + hashlib.blake2b(f"{name}{arguments!r}".encode(), digest_size=_DIGEST).digest()
        if key not in self._found:
            with suppress(Exception):  # not kept, or damaged; what a damaged pickle raises is anybody's guess
                self._found[key] = pickle.loads(self._kept[key])  # noqa: S301  # our own, in our own cache
        if key not in self._found:
            self._found[key] = function(*arguments)
            self._new.add(key)
        return self._found[key]

    def save(self) -> None:
        """Where it cannot be written there is nothing to remember with; the run itself has done its work."""
        if self._database is None:
            return
        today = date.today().toordinal()
        rows = [(key, pickle.dumps(self._found[key]), today) for key in self._new]
        used = [(today, key, today) for key in self._found]
        with suppress(sqlite3.Error), self._database as database:
            database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)
            database.executemany("UPDATE kept SET day = ? WHERE key = ? AND day <> ?", used)
            database.execute("DELETE FROM kept WHERE day < ?", (today - _DAYS,))

    def close(self) -> None:
        if self._database:
            self._database.close()


_memories: list[_Memory] = []
"""The one that is asked stands last."""


def remembered(size: int) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """For functions whose result depends on their arguments and on this package's files alone, and is never changed.

    Args:
        size: results kept in the process.
    """

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        name = f"{function.__module__}.{function.__qualname__}"

        kept = lru_cache(maxsize=size)(function)

        @wraps(function)
        def ask(*arguments: _P.args, **named: _P.kwargs) -> _R:
            if not _memories or named:
                return kept(*arguments, **named)  # type: ignore[arg-type]
            found: _R = _memories[-1].get(name, function, arguments)
            return found

        return ask

    return decorate


@contextmanager
def remembering(file: Path) -> Iterator[None]:
    """Inside, remembered functions take results of earlier runs from `file`, a database that is as trusted as the program.

    One that is damaged or cannot be written remembers nothing. What no run asked for in a month is forgotten.
    """
    memory = _Memory(file)
    _memories.append(memory)
    try:
        yield
        memory.save()
    finally:
        _memories.remove(memory)
        memory.close()


@cache
def _code() -> bytes:
    """Sixteen bytes, others whenever a file of this package, or a library that its results come from, changes."""
    import markdown_it
    import yaml

    digest = hashlib.sha256(f"{markdown_it.__version__} {yaml.__version__}".encode())
    for file in sorted(Path(__file__).parent.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(file.read_bytes())
    return digest.digest()[:16]
