"""All settings in one table: environment variables, command-line help and docs are made from it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from kb.errors import SettingError

_CONTACT = re.compile(r"https?://[^\s<>\"']+|[^\s<>\"'@?&]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")


@dataclass(frozen=True)
class Setting:
    """One row of the table. `variable` is the environment variable that sets it."""

    name: str
    default: str
    help: str

    @property
    def variable(self) -> str:
        return f"KB_{self.name.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("content", "content", "folder with the content files"),
    Setting("index", "index", "folder that holds the index snapshots"),
    Setting("site", "site", "folder that the static site is written to"),
    Setting("cache", ".cache", "folder for what can be made again: the unpacked model, kept embeddings"),
    Setting(
        "model",
        "bundled",
        "sentence-transformers model: `bundled` (multilingual-e5-small, shipped with the dependencies), "
        "a folder, or a hub name",
    ),
    Setting("host", "127.0.0.1", "address that `kb serve` listens on"),
    Setting("port", "8000", "port that `kb serve` listens on"),
    Setting("allowed_hosts", "localhost,127.0.0.1", "Host names the server answers to, comma separated; * for any"),
    Setting("threads", "2", "processor threads that one query or build may use"),
    Setting(
        "contact",
        "",
        "role mailbox, or address of the repository's form for new issues, that pages name for corrections",
    ),
    Setting("query_cache", "2048", "how many query encodings and answers are kept in memory"),
)


@dataclass(frozen=True)
class Settings:
    """Checked settings. Made by `load_settings`; one field for each row of `SETTINGS`."""

    content: Path
    index: Path
    site: Path
    cache: Path
    model: str
    host: str
    port: int
    allowed_hosts: tuple[str, ...]
    threads: int
    contact: str
    query_cache: int


def load_settings(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Settings from `KB_...` variables, with command-line `overrides` on top (None means: not given).

    Raises:
        SettingError: a value cannot be used, or an unknown `KB_...` variable is set.
    """
    environ = os.environ if environ is None else environ
    known = {setting.variable: setting for setting in SETTINGS}
    for variable in environ:
        if variable.startswith("KB_") and variable not in known:
            raise SettingError(f"{variable} is not a setting; the settings are {', '.join(known)}.")
    given = {name: str(value) for name, value in overrides.items() if value is not None}
    raw = {s.name: given.get(s.name) or environ.get(s.variable) or s.default for s in SETTINGS}
    converted = {field.name: _convert(field.name, str(field.type), raw[field.name]) for field in fields(Settings)}
    return Settings(**converted)  # type: ignore[arg-type]


def _convert(name: str, kind: str, text: str) -> object:
    variable = f"KB_{name.upper()}"
    if kind == "Path":
        return Path(text)
    if kind == "int":
        if not text.isascii() or not text.isdigit():
            raise SettingError(f"{variable} must be a whole number, not {text!r}.")
        number = int(text)
        least, most = (0, 65535) if name == "port" else (0 if name == "query_cache" else 1, 1_000_000)
        if not least <= number <= most:
            raise SettingError(f"{variable} must lie between {least} and {most}, not {number}.")
        return number
    if name == "contact" and text and not _CONTACT.fullmatch(text):
        raise SettingError(f"{variable} must be a mailbox or an https:// address, not {text!r}.")
    if kind.startswith("tuple"):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text
