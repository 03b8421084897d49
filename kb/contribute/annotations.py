"""Problems as workflow commands of GitHub, which shows each beside its line."""

from __future__ import annotations

from collections.abc import Iterable

from kb.content.problems import Problem


def github_lines(problems: Iterable[Problem], folder: str, lang: str = "") -> list[str]:
    """One `::error` line a problem, in `lang` or else in the language of the page; `folder` is the content folder's name in the repository."""
    return [_annotation(problem, folder, lang or _written_in(problem.path)) for problem in problems]


def _annotation(problem: Problem, folder: str, lang: str) -> str:
    where = f"file={_property(f'{folder}/{problem.path}')},line={problem.line},title={_property(problem.place(lang))}"
    return f"::error {where}::{_data(problem.message.said(lang))}"


def _written_in(path: str) -> str:
    return "es" if path.endswith(".es.md") else "en"


def _data(text: str) -> str:
    """As the runner unescapes it; a line of its own inside a message would be another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
