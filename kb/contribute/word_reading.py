"""A Word file of a stranger, opened within bounds: how big it may unpack, and nothing that an XML file can call for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import ContributionError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

MAX_FILE = 20 * 2**20
MAX_UNPACKED = 64 * 2**20
MAX_TEXT = 6 * 2**20
"""Bytes of all XML parts together; a filled-in template has 0.2 MB."""
MAX_PARTS = 1000
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_SAVE_AGAIN = "open it in Word and save it again as a Word document (.docx)"


def open_word(file: Path) -> WordDocument:
    """The document.

    Raises:
        ContributionError: not a Word file, a bomb, with XML that calls for other files, or damaged.
    """
    name = file.name
    if file.stat().st_size > MAX_FILE:
        raise ContributionError(
            f"{name} is larger than {MAX_FILE // 2**20} MB; take the pictures out and save it again."
        )
    content = file.read_bytes()
    if content.startswith(_OLD_WORD):
        raise ContributionError(
            f"{name} is protected by a password or of an old Word; {_SAVE_AGAIN} without a password."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bombs(name, archive)
            _refuse_entities(name, archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise ContributionError(f"{name} is not a Word document that can be read; {_SAVE_AGAIN}.") from error
    return _document(name, content)


def _document(name: str, content: bytes) -> WordDocument:
    from docx import Document

    try:
        return Document(io.BytesIO(content))
    except Exception as error:  # whatever a file of a stranger makes the library stumble over
        raise ContributionError(f"{name} is not a Word document that can be read; {_SAVE_AGAIN}.") from error


def _refuse_bombs(name: str, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    # A part never unpacks to more than it declares: the reader stops there.
    unpacked = sum(part.file_size for part in parts)
    text = sum(part.file_size for part in _texts(archive))
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or text > MAX_TEXT:
        raise ContributionError(
            f"{name} unpacks to {len(parts)} parts and {unpacked / 2**20:.0f} MB, {text / 2**20:.0f} MB of it text, far more "
            "than a filled-in template; copy your answers into a fresh one."
        )


def _refuse_entities(name: str, archive: zipfile.ZipFile) -> None:
    for part in _texts(archive):
        content = archive.read(part)
        # In UTF-16, which XML may be in too, the letters stand apart.
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content or "<!DOCTYPE".encode("utf-16-le")[1:-1] in content:
            raise ContributionError(f"{name} holds XML with a DOCTYPE, which Word never writes; {_SAVE_AGAIN}.")


def _texts(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    media = (
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".emf",
        ".wmf",
        ".tif",
        ".tiff",
        ".bmp",
        ".bin",
        ".ttf",
        ".odttf",
        ".xlsx",
    )
    return (part for part in archive.infolist() if not part.filename.lower().endswith(media))
