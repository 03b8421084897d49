"""The content files that a snapshot was made of, carried along: whoever goes back to it gets its pages back, too."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

_DATE = (2020, 1, 1, 0, 0, 0)
"""Stands for the time of writing, which would make two equal files differ."""

_QUICKLY = 1
"""The level of compression: 6 takes half as long again for seven percent less."""


def write_content(path: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files, by their path below the content folder, into one archive; equal files give equal bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED, _QUICKLY)


def unpack_content(path: Path, folder: Path) -> None:
    """Makes `folder` the content folder that a snapshot was built from."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
