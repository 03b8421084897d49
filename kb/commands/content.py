"""Verbs for those who write content."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.commands import FOLDER, language_option
from kb.errors import ContentError
from kb.sentences import Sentence
from kb.settings import load_settings

if TYPE_CHECKING:
    from kb.content.library import Library


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--content", type=FOLDER, help="Content folder (KB_CONTENT).")
@click.option("--since", metavar="REF", help="Only files that changed since this commit or branch.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "github", "markdown"]),
    default="text",
    show_default=True,
    help="A line a problem, annotations on lines, or the comment that a reviewer reads.",
)
@click.option("--links", is_flag=True, help="In the comment, also try the links of sources.")
@language_option(None, "Language of what is said (KB_LANG); annotations and comments follow the page's otherwise.")
def check(
    paths: tuple[str, ...], content: Path | None, since: str | None, shape: str, links: bool, lang: str | None
) -> None:
    """Validate all content; with PATHS, show only problems of files whose path holds one of them."""
    from kb.content.checks import check_library
    from kb.content.library import load_library

    settings = load_settings(content=content, lang=lang)
    library = load_library(settings.content)
    parts = _parts(library, paths)
    chosen = None
    if since is not None:
        from kb.contribute.changes import changed_since

        chosen = changed_since(since, settings.content)
    problems = [problem for problem in check_library(library) if _is_asked(problem.path, parts, chosen)]
    if shape == "markdown":
        from kb.contribute.comment import comment
        from kb.contribute.reviewing import findings, touched
        from kb.pipeline import engine_if_built

        about = touched(library, parts, chosen)
        found = findings(library, problems, about, engine_if_built(settings), links=links)
        click.echo(comment(found, lang or ""), nl=False)
    elif shape == "github":
        from kb.contribute.annotations import github_lines

        for line in github_lines(problems, settings.content.name, lang or ""):
            click.echo(line)
    else:
        for problem in problems:
            click.echo(problem.said(settings.lang))
    if problems:
        files = len({problem.path for problem in problems})
        raise ContentError(
            "Problems: %(count)s, in files: %(files)s. Each line above says where and what to do.",
            count=len(problems),
            files=files,
        )
    if shape != "markdown":
        paged = ([page.path for page in entry.pages.values()] for entry in library.everything.values())
        entries = sum(any(_is_asked(path, parts, chosen) for path in pages) for pages in paged)
        click.echo(_no_problems(entries).said(settings.lang))


def _parts(library: Library, paths: Sequence[str]) -> tuple[str, ...]:
    """What somebody gave for the files to check, as parts of their paths in the content folder.

    Raises:
        ContentError: one of them is in no path.
    """
    parts = tuple(path.removeprefix(f"{library.folder}/").removeprefix("./") for path in paths)
    known = {*library.documents, *(problem.path for problem in library.problems)}
    for part in parts:
        if not any(part in path for path in known):
            raise ContentError(
                "No file of %(folder)s has %(part)r in its path; give a part such as practices/sv.",
                folder=library.folder,
                part=part,
            )
    return parts


def _is_asked(path: str, parts: Collection[str], chosen: Collection[str] | None) -> bool:
    """Whether a file is among those that somebody checks: by a part of its path, or by what changed."""
    return (not parts or any(part in path for part in parts)) and (chosen is None or path in chosen)


def _no_problems(entries: int) -> Sentence:
    if entries == 1:
        return Sentence("One entry, no problems.")
    return Sentence("%(count)s entries, no problems.", count=entries)


@click.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--content", type=FOLDER, help="Content folder (KB_CONTENT).")
def stamp(ids: tuple[str, ...], content: Path | None) -> None:
    """Write the original's fingerprint into the translations of IDS (or `all`), after bringing them up to date."""
    from kb.content.library import load_library
    from kb.content.stamp import stamp_translations

    settings = load_settings(content=content)
    for told in stamp_translations(load_library(settings.content), ids):
        click.echo(told.said(settings.lang))


@click.command()
@click.argument("subject", type=click.Choice(["content", "review"]))
@click.option("--content", type=FOLDER, help="Content folder (KB_CONTENT).")
def report(subject: str, content: Path | None) -> None:
    """Print what the content holds and what it lacks, or where its pages stand in review."""
    from kb.content.library import load_library
    from kb.content.review import review_as_text
    from kb.site.coverage import coverage, coverage_as_text

    library = load_library(load_settings(content=content).content)
    click.echo(review_as_text(library) if subject == "review" else coverage_as_text(coverage(library)))
