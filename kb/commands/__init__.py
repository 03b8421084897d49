"""The verbs of `kb`, a module for each group of users. Each imports what it needs and holds no logic of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kb.sentences import Sentence
from kb.settings import terminal_language

Command = TypeVar("Command", bound=Callable[..., Any])

FOLDER = click.Path(path_type=Path, file_okay=False)
LANGUAGE = click.Choice(["en", "es"])

SPOKEN = "kb.language"
"""Where a verb's context keeps the language that it was asked to speak."""


def _speak(context: click.Context, _: click.Parameter, lang: str | None) -> str | None:
    context.meta[SPOKEN] = lang or ""
    return lang


def language_option(default: str | None, meaning: str) -> Callable[[Command], Command]:
    """`--lang` of a verb that also speaks that language, errors included."""
    return click.option("--lang", type=LANGUAGE, default=default, show_default=True, callback=_speak, help=meaning)


def say(step: str) -> None:
    """Progress of a long step, on standard error, in the language of the terminal where the step can be said in it."""
    words = step.said(terminal_language()) if isinstance(step, Sentence) else step
    click.echo(f"  {words}", err=True)
