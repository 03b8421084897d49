"""The folder that the workers of one server share."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from kb.api.rates import create_table
from kb.errors import StorageError
from kb.sentences import Sentence

_PREFIX = "kb-serve-"
_FIGURES = ("counter", "histogram", "gauge_livesum")
_ROOM = 256 * 1024
"""Bytes for the figures of one kind: twice what all routes and stages need."""


class Shared:
    """Names what workers share in a folder of their own. Made by the process that starts them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parent = os.getpid()

    @property
    def rates(self) -> Path:
        return self.folder / "rates"

    @property
    def metrics(self) -> Path:
        return self.folder / "metrics"

    @property
    def running(self) -> Path:
        return self.folder / "running"

    def create(self) -> None:
        """Makes the folder ready for the first worker."""
        self.hold()
        _mark(self.folder).touch()  # only now: what has this file is locked while it is needed
        self.metrics.mkdir()
        self.running.mkdir()
        create_table(self.rates)

    def reserve(self) -> None:
        """Takes the room for this worker's figures before prometheus_client does. It writes through memory to files full of holes: where
        the disk is full by then, the system would kill the worker, and every one that takes its place.

        Raises:
            StorageError: there is none.
        """
        with _no_room():
            for kind in _FIGURES:
                with (self.metrics / f"{kind}_{os.getpid()}.db").open("wb") as file:
                    os.posix_fallocate(file.fileno(), 0, _ROOM)

    def hold(self) -> None:
        """Keeps the folder from being swept for as long as this process lives."""
        fcntl.flock(os.open(self.folder, os.O_RDONLY), fcntl.LOCK_SH)


@contextmanager
def sharing() -> Iterator[Shared]:
    """A folder for as long as its server runs. Sweeps up those of servers that were killed.

    Raises:
        StorageError: it cannot be written.
    """
    with ExitStack() as kept:
        with _no_room():
            _sweep(Path(tempfile.gettempdir()))
            shared = Shared(Path(kept.enter_context(tempfile.TemporaryDirectory(prefix=_PREFIX))))
            shared.create()
        yield shared


@contextmanager
def _no_room() -> Iterator[None]:
    """Makes a sentence of what the system says when something cannot be written."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            Sentence(
                "The workers have no room for what they share (%(error)s); free some where temporary files are "
                "kept, or set TMPDIR to a folder that can be written.",
                error=error.strerror or error,
            )
        ) from error


def _sweep(temporary: Path) -> None:
    for folder in temporary.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # of someone else, in use, or swept by another just now
            if _mark(folder).exists() and folder.lstat().st_uid == os.getuid():
                _remove_unused(folder)


def _remove_unused(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(opened)


def _mark(folder: Path) -> Path:
    return folder / "held"
