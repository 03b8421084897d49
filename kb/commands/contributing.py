"""Verbs for those who contribute a practice, with Git or without."""

from __future__ import annotations

from pathlib import Path

import click

from kb.commands import FOLDER, LANGUAGE, language_option
from kb.errors import ContributionError
from kb.settings import load_settings


@click.group()
def new() -> None:
    """Begin a new content file."""


@new.command("practice")
@click.argument("original", required=False, metavar="[ID]")
@language_option("es", "Language that you write in.")
@click.option("--translation", type=LANGUAGE, help="Make the file of this language for the practice ID.")
@click.option("--answer", "given", multiple=True, metavar="QUESTION=TEXT", help="Such as title=...; repeat for a list.")
@click.option("--name", default="", help="Name of the file; made from the title otherwise.")
@click.option("--content", type=FOLDER, help="Content folder (KB_CONTENT).")
def new_practice(
    original: str | None, lang: str, translation: str | None, given: tuple[str, ...], name: str, content: Path | None
) -> None:
    """Write a draft practice: asks for what it needs, or takes it from --answer.

    With --translation, writes the other language's file for the practice ID.
    """
    from kb.content.library import load_library
    from kb.contribute.asking import answers_from, ask
    from kb.contribute.proposal import propose
    from kb.contribute.saving import save
    from kb.contribute.translation import translation_of

    folder = load_settings(content=content).content
    if (original is None) != (translation is None):
        raise click.UsageError("A translation needs both: the ID of a practice and --translation en or es.")
    if original is not None and translation is not None:
        proposal = translation_of(load_library(folder), original, translation)
    else:
        proposal = propose(answers_from(given) if given else ask(lang, click.prompt), lang, name)
    for line in save(proposal, folder):
        click.echo(line)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@language_option(None, "Language of what is said of the file; the one that it is written in otherwise.")
@click.option("--name", default="", help="Name of the content file; made from the title otherwise.")
@click.option("--content", type=FOLDER, help="Content folder (KB_CONTENT).")
def import_file(file: Path, lang: str | None, name: str, content: Path | None) -> None:
    """Turn a filled-in Word template into a draft practice, and say what is missing, by its question."""
    from kb.contribute.saving import save
    from kb.contribute.word_import import import_word

    for line in save(import_word(file, name, lang or ""), load_settings(content=content).content):
        click.echo(line)


@click.command()
@click.argument("folder", type=FOLDER, default=Path())
def templates(folder: Path) -> None:
    """Write Word templates, JSON Schemas and the editor's snippets into the repository at FOLDER."""
    from kb.contribute.products import write_products

    if not folder.is_dir():
        raise ContributionError("There is no folder %(folder)s; make it, or name another.", folder=folder)
    for path in write_products(folder):
        click.echo(f"wrote {path}")
