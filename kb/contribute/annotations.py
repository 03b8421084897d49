"""Problems as workflow commands of GitHub, which shows each beside its line."""

from __future__ import annotations

from collections.abc import Iterable

from kb.content.problems import Problem


def github_lines(problems: Iterable[Problem], folder: str) -> list[str]:
    """One `::error` line a problem; `folder` is the content folder's name in the repository."""
    return [
        f"::error file={_property(f'{folder}/{problem.path}')},line={problem.line},"
        f"title={_property(problem.key)}::{_data(problem.message)}"
        for problem in problems
    ]


def _data(text: str) -> str:
    """As the runner unescapes it; a line of its own inside a message would be another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
