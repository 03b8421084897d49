"""Folders in the cache that are either whole or made again, also when two processes want them at once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

RECEIPT = "receipt.json"
"""Lists each file's SHA-256. Written last, so a folder without it was never finished."""

_AT_A_TIME = 4 << 20
"""Bytes of a file that are read and hashed in one go."""


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal.

    `hashlib.file_digest` asks for Python's lock every 256 kB, and starves beside a thread that computes.
    """
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(min(_AT_A_TIME, path.stat().st_size + 1)))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(buffer[:count])
    return digest.hexdigest()


def make_whole(folder: Path, write: Callable[[Path], None]) -> Path:
    """Return `folder`, after calling `write(empty folder)` where it is missing, torn or changed.

    `write` fills a folder beside the final one, which then takes its place by one rename; a reader never sees half
    of it. A lock file keeps a second process waiting instead of doing the same work.

    Raises:
        OSError: the cache cannot be written.
    """
    from filelock import FileLock

    if is_whole(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(folder.name + ".lock")):
        if not is_whole(folder):
            _replace(folder, write)
    return folder


def receipt(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a whole folder."""
    found: dict[str, str] = json.loads((folder / RECEIPT).read_bytes())
    return found


def is_whole(folder: Path) -> bool:
    """Whether `make_whole` finished this folder and nothing in it changed since."""
    try:
        return all(file_digest(folder / name) == digest for name, digest in receipt(folder).items())
    except (OSError, ValueError, AttributeError):
        return False


def _replace(folder: Path, write: Callable[[Path], None]) -> None:
    for litter in folder.parent.glob(f"{folder.name}.*/"):  # left by a process that was killed: we hold the lock
        shutil.rmtree(litter, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(prefix=folder.name + ".", dir=folder.parent))
    try:
        fresh = beside / "new"
        fresh.mkdir()
        write(fresh)
        _sign(fresh)
        if folder.exists():
            folder.rename(beside / "old")
        fresh.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _sign(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {path.relative_to(folder).as_posix(): file_digest(path) for path in files}
    (folder / RECEIPT).write_text(json.dumps(digests, indent=1), encoding="utf-8")
    for path in [*files, folder / RECEIPT]:
        # Some writers make private files; what is served from here may belong to another user.
        path.chmod(0o644)
        # A rename can reach the disk before the data does; without this a power cut leaves empty files behind it.
        with path.open("rb+") as file:
            os.fsync(file.fileno())
