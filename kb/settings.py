"""All settings in one table: environment variables, command-line help and docs are made from it."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from kb.errors import SettingError

_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*/?", re.ASCII)
_HOST = re.compile(r"\*|(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
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
    Setting("threads", "2", "processor threads that queries or a build may use; workers share them"),
    Setting(
        "contact",
        "",
        "role mailbox, or address of the repository's form for new issues, that pages name for corrections",
    ),
    Setting(
        "public_url",
        "",
        "address that people reach the site at, such as https://practices.example.org; stands in feeds, citations, "
        "Word files and the site map",
    ),
    Setting(
        "store",
        "",
        "PostgreSQL that snapshots are pushed to and served from, postgresql://...; empty: the index folder",
    ),
    Setting("query_cache", "2048", "how many query encodings and answers are kept in memory"),
    Setting(
        "repository", "", "repository that contributions go to, such as https://github.com/owner/name; empty: none"
    ),
    Setting("branch", "main", "branch of that repository that proposals are made against"),
    Setting("workers", "1", "processes that answer requests; a worker that dies is replaced when there are 2 or more"),
    Setting("trusted_hops", "0", "proxies in front of the server whose X-Forwarded-For and -Proto are believed"),
    Setting(
        "rate", "300", "requests a minute that one client may make (a client on this machine any number); 0 for any"
    ),
    Setting("cors_origins", "", "origins of other sites whose scripts may read the API, comma separated; * for any"),
    Setting("request_seconds", "10", "seconds after which a request without an answer is given up with status 503"),
    Setting("body_kb", "1024", "largest body of a request, in kB"),
    Setting("metrics_from", "127.0.0.0/8,::1/128", "networks that may read /metrics, comma separated"),
    Setting("log_queries", "0", "1 to write what people search for to the log; queries can be sensitive"),
    Setting("lang", "", "language of what `kb` tells its user, en or es; empty: the terminal's (LANG)"),
)


_MAY_BE_ZERO = {"port", "query_cache", "trusted_hops", "rate"}
_MOST = {"port": 65535, "workers": 64, "trusted_hops": 10}


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
    public_url: str
    contact: str
    store: str
    query_cache: int
    repository: str
    branch: str
    workers: int
    trusted_hops: int
    rate: int
    cors_origins: tuple[str, ...]
    request_seconds: int
    body_kb: int
    metrics_from: tuple[str, ...]
    log_queries: bool
    lang: str

    @property
    def site_address(self) -> str:
        """Where readers open the site, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


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
    raw["lang"] = raw["lang"] or terminal_language(environ)
    converted = {field.name: _convert(field.name, str(field.type), raw[field.name]) for field in fields(Settings)}
    return Settings(**converted)  # type: ignore[arg-type]


def terminal_language(environ: Mapping[str, str] | None = None) -> str:
    """The language to speak on this terminal: `KB_LANG`, else the locale's where it is Spanish, else English."""
    environ = os.environ if environ is None else environ
    names = ("KB_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    return "es" if next((environ[name] for name in names if environ.get(name)), "").startswith("es") else "en"


def store_address(settings: Settings) -> str:
    """The address of the store.

    Raises:
        SettingError: there is none.
    """
    if not settings.store:
        raise SettingError(
            "KB_STORE is not set; set it to the store's address, such as postgresql://kb@db1,db2/practices."
        )
    return settings.store


def _convert(name: str, kind: str, text: str) -> object:
    variable = f"KB_{name.upper()}"
    if kind == "Path":
        return Path(text)
    if kind == "int":
        return _number(name, variable, text)
    if kind == "bool":
        if text not in ("0", "1"):
            raise SettingError(f"{variable} must be 0 or 1, not {text!r}.")
        return text == "1"
    if kind.startswith("tuple"):
        parts = tuple(part.strip() for part in text.split(",") if part.strip())
        return _LISTS[name](variable, parts) if name in _LISTS else parts
    if name == "lang" and text not in ("en", "es"):
        raise SettingError(f"{variable} must be en or es, not {text!r}.")
    if name == "store" and text and not text.startswith(("postgresql://", "postgres://")):
        raise SettingError(f"{variable} must be an address such as postgresql://kb@db1,db2/practices.")
    if name == "public_url" and text and not _WEB_ADDRESS.fullmatch(text):
        raise SettingError(f"{variable} must be a web address such as https://practices.example.org, not {text!r}.")
    if name == "contact" and text and not _CONTACT.fullmatch(text):
        raise SettingError(f"{variable} must be a mailbox or an https:// address, not {text!r}.")
    return text


def _number(name: str, variable: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise SettingError(f"{variable} must be a whole number, not {text!r}.")
    number = int(text)
    least, most = int(name not in _MAY_BE_ZERO), _MOST.get(name, 1_000_000)
    if not least <= number <= most:
        raise SettingError(f"{variable} must lie between {least} and {most}, not {number}.")
    return number


def _hosts(variable: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    for part in parts:
        if not _HOST.fullmatch(part):
            raise SettingError(
                f"{variable} must list host names such as practices.example.org or *.example.org, not {part!r}."
            )
    return parts


def _networks(variable: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    for part in parts:
        try:
            ipaddress.ip_network(part)
        except ValueError:
            raise SettingError(f"{variable} must list networks such as 10.0.0.0/8, not {part!r}.") from None
    return parts


_LISTS = {"allowed_hosts": _hosts, "metrics_from": _networks}
