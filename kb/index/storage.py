"""What a build says when it cannot write: the disk is full, or a folder is not ours to write to."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import StorageError

_FULL = ("no space left", "disk is full", "quota exceeded", "file too large")
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_DATABASE_REFUSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}
_LITTLE = 1_000_000
"""Bytes. With less than this SQLite cannot even make its shared memory, and says only "disk I/O error"."""


@contextmanager
def writing(*folders: Path, then: str = "kb build") -> Iterator[None]:
    """Turns what the libraries below raise when they cannot write to one of `folders` into one sentence, which says to run `then`
    when there is room.

    Raises:
        StorageError: there is no room, or no permission.
    """
    try:
        yield
    except StorageError:  # said by whoever wrote last, and knows best
        raise
    except Exception as error:
        for cause in _chain(error):
            if sentence := _sentence(cause, folders, then):
                raise StorageError(sentence) from error
        raise


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _sentence(error: BaseException, folders: tuple[Path, ...], then: str) -> str:
    """What to tell the user; empty when the error is about something else."""
    fullest = min((folder for folder in folders if folder.exists()), key=_free, default=folders[0])
    database = error.sqlite_errorcode & 0xFF if isinstance(error, sqlite3.OperationalError) else None
    # SQLite, FAISS and Tantivy have no error of their own for a full disk, and say it in words.
    if any(words in str(error).lower() for words in _FULL) or (database is not None and _free(fullest) < _LITTLE):
        return f"The disk of {fullest} is full; make room and run `{then}` again. Nothing half-written is served."
    if isinstance(error, OSError) and error.errno in _REFUSED:
        where = error.filename or fullest
        return f"{where} cannot be written ({error.strerror}); let this user write there, then run `{then}`."
    if database in _DATABASE_REFUSED:
        named = ", ".join(str(folder) for folder in folders)
        return (
            f"The kept embeddings cannot be written ({error}); make room for this user in {named}, then run `{then}`."
        )
    return ""


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free if folder.exists() else 0
