"""Verbs for those who write content."""

from __future__ import annotations

from pathlib import Path

import click

from kb.errors import ContentError
from kb.settings import load_settings

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--content", type=FOLDER, help="Content folder (KB_CONTENT).")
def check(paths: tuple[str, ...], content: Path | None) -> None:
    """Validate all content; with PATHS, show only problems of files whose path holds one of them."""
    from kb.content.checks import check_library
    from kb.content.library import load_library

    library = load_library(load_settings(content=content).content)
    problems = [p for p in check_library(library) if not paths or any(part in p.path for part in paths)]
    for problem in problems:
        click.echo(str(problem))
    if problems:
        files = len({problem.path for problem in problems})
        raise ContentError(f"{len(problems)} problems in {files} files; each line above says where and what to do.")
    click.echo(f"{len(library.entries)} entries, no problems.")


@click.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--content", type=FOLDER, help="Content folder (KB_CONTENT).")
def stamp(ids: tuple[str, ...], content: Path | None) -> None:
    """Write the original's fingerprint into the translations of IDS (or `all`), after bringing them up to date."""
    from kb.content.library import load_library
    from kb.content.stamp import stamp_translations

    library = load_library(load_settings(content=content).content)
    for path in stamp_translations(library, ids):
        click.echo(f"stamped {path}")


@click.command()
@click.argument("subject", type=click.Choice(["content"]))
def report(subject: str) -> None:  # noqa: ARG001 - one report so far
    """Print what the content holds and what it lacks."""
    from kb.content.library import load_library
    from kb.site.coverage import coverage, coverage_as_text

    click.echo(coverage_as_text(coverage(load_library(load_settings().content))))
