"""Verbs that build and serve."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from kb.commands import say
from kb.errors import ContentError
from kb.sentences import Sentence
from kb.settings import load_settings

if TYPE_CHECKING:
    from kb.pipeline import Report

NAMED = 5
"""Most files that the last sentence of a build names; all stand above it, with what is wrong."""


@click.command()
@click.option("--static", "plain", is_flag=True, help="Also write what a host of plain files needs: briefs, a search.")
def build(plain: bool) -> None:
    """Build the index snapshot and the static site from the content.

    A file that cannot be read is left out, and the rest is published; the exit status is then 1.
    """
    # A build is short and keeps most of what it makes: looking for garbage takes a tenth of its time.
    gc.disable()
    try:
        from kb.pipeline import build as build_all

        settings = load_settings()
        report = build_all(settings, say, plain)
    finally:
        gc.enable()
    for problem in report.problems:
        click.echo(problem.said(settings.lang), err=True)
    click.echo(_made(report).said(settings.lang))
    if report.left_out:
        raise ContentError(
            "Built without %(files)s: what is wrong there stands above. Mend it, and run `kb build` again.",
            files=_named(report.left_out),
        )
    if report.problems:
        click.echo(_problems(len(report.problems)).said(settings.lang), err=True)


def _made(report: Report) -> Sentence:
    index, site = report.index, report.site
    return Sentence(
        "%(items)s practices, %(passages)s passages (%(encoded)s encoded, %(kept)s kept); site: %(pages)s pages "
        "(%(written)s files written, %(removed)s removed); snapshot %(generation)s; %(seconds)s s.",
        items=index.items,
        passages=index.passages,
        encoded=index.encoded,
        kept=index.passages - index.encoded,
        pages=site.pages,
        written=site.written,
        removed=site.removed,
        generation=index.generation,
        seconds=f"{report.seconds:.1f}",
    )


def _problems(count: int) -> Sentence:
    if count == 1:
        return Sentence("One problem in the content; run `kb check`.")
    return Sentence("%(count)s problems in the content; run `kb check`.", count=count)


def _named(files: Sequence[str]) -> str | Sentence:
    """The first few files, and how many more there are."""
    first = ", ".join(files[:NAMED])
    more = len(files) - NAMED
    return Sentence("%(files)s and %(more)s more files", files=first, more=more) if more > 0 else first


@click.command()
@click.option("--host", help="Address to listen on (KB_HOST).")
@click.option("--port", type=int, help="Port to listen on (KB_PORT).")
@click.option("--workers", type=int, help="Processes that answer (KB_WORKERS).")
@click.option("--watch", is_flag=True, help="For editors: show drafts, and follow the content as it is saved.")
def serve(host: str | None, port: int | None, workers: int | None, watch: bool) -> None:
    """Serve the site and the API from what `kb build` made."""
    from kb.api.server import run

    run(load_settings(host=host, port=port, workers=workers), watch=watch)
