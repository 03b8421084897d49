"""What pure functions of this package gave, kept between runs: reading every page takes seconds, and an edit changes one.

Within a process a `remembered` function keeps its latest results, as `functools.lru_cache` does. Inside `remembering(file)` it
also takes those of earlier runs from a file, and what was asked for is written back to it at the end.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


class _Memory:
    """Results by a digest of function and arguments."""

    def __init__(self, kept: dict[bytes, Any]) -> None:
        self.kept = kept
        self.used: dict[bytes, Any] = {}

    def get(self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        key = hashlib.blake2b(f"{name}{arguments!r}".encode(), digest_size=20).digest()
        if key not in self.used:
            self.used[key] = self.kept[key] if key in self.kept else function(*arguments)
        return self.used[key]


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
    """Inside, remembered functions take results of earlier runs from `file`; it is as trusted as the program itself.

    A file that is missing, damaged or of other code counts as empty. Of two runs at once the later one's results stay.
    """
    memory = _Memory(_read(file))
    _memories.append(memory)
    try:
        yield
    finally:
        _memories.remove(memory)
    if memory.used.keys() != memory.kept.keys():
        _write(file, memory.used)


def _read(file: Path) -> dict[bytes, Any]:
    try:
        with file.open("rb") as opened:
            made_by, kept = pickle.load(opened)  # noqa: S301  # our own file, in our own cache
    # A torn or foreign pickle raises whatever the classes in it raise.
    except Exception:
        return {}
    return kept if made_by == _code() else {}


def _write(file: Path, used: dict[bytes, Any]) -> None:
    """Where the disk is full there is nothing to remember with; the run itself has done its work."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(pickle.dumps((_code(), used), protocol=pickle.HIGHEST_PROTOCOL))
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)


@cache
def _code() -> str:
    """Another one whenever a file of this package, or a library that its results come from, changes."""
    import markdown_it
    import yaml

    digest = hashlib.sha256(f"{markdown_it.__version__} {yaml.__version__}".encode())
    for file in sorted(Path(__file__).parent.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(file.read_bytes())
    return digest.hexdigest()
