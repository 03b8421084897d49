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


def open_word(file: Path) -> WordDocument:
    """The document.

    Raises:
        ContributionError: not a Word file, a bomb, with XML that calls for other files, or damaged.
    """
    name = file.name
    if file.stat().st_size > MAX_FILE:
        raise ContributionError(
            "%(file)s is larger than %(most)s MB; take the pictures out and save it again.",
            file=name,
            most=MAX_FILE // 2**20,
        )
    content = file.read_bytes()
    if content.startswith(_OLD_WORD):
        raise ContributionError(
            "%(file)s is protected by a password or of an old Word; open it in Word and save it again as a Word document "
            "(.docx) without a password.",
            file=name,
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bombs(name, archive)
            _refuse_entities(name, archive)
    # All that `zipfile` raises for what is torn, encrypted or packed in a way that it does not know.
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise _unreadable(name) from error
    return _document(name, content)


def _unreadable(name: str) -> ContributionError:
    return ContributionError(
        "%(file)s is not a Word document that can be read; open it in Word and save it again as a Word document (.docx).",
        file=name,
    )


def _document(name: str, content: bytes) -> WordDocument:
    from docx import Document

    try:
        return Document(io.BytesIO(content))
    except Exception as error:  # whatever a file of a stranger makes the library stumble over
        raise _unreadable(name) from error


def _refuse_bombs(name: str, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    # A part never unpacks to more than it declares: the reader stops there.
    unpacked = sum(part.file_size for part in parts)
    text = sum(part.file_size for part in _texts(archive))
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or text > MAX_TEXT:
        raise ContributionError(
            "%(file)s unpacks to %(parts)s parts and %(all)s MB, %(text)s MB of it text, far more than a filled-in template; "
            "copy your answers into a fresh one.",
            file=name,
            parts=len(parts),
            all=f"{unpacked / 2**20:.0f}",
            text=f"{text / 2**20:.0f}",
        )


def _refuse_entities(name: str, archive: zipfile.ZipFile) -> None:
    for part in _texts(archive):
        content = archive.read(part)
        # In UTF-16, which XML may be in too, the letters stand apart.
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content or "<!DOCTYPE".encode("utf-16-le")[1:-1] in content:
            raise ContributionError(
                "%(file)s holds XML with a DOCTYPE, which Word never writes; open it in Word and save it again as a Word "
                "document (.docx).",
                file=name,
            )


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
