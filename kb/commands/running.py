"""Verbs that build and serve."""

from __future__ import annotations

import gc

import click

from kb.commands import say
from kb.settings import load_settings


@click.command()
@click.option("--static", "plain", is_flag=True, help="Also write what a host of plain files needs: briefs, a search.")
def build(plain: bool) -> None:
    """Build the index snapshot and the static site from the content."""
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
    index, site = report.index, report.site
    click.echo(
        f"{index.items} practices, {index.passages} passages ({index.encoded} encoded, "
        f"{index.passages - index.encoded} kept); site: {site.pages} pages ({site.written} files written, "
        f"{site.removed} removed); snapshot {index.generation}; {report.seconds:.1f} s."
    )
    if report.problems:
        click.echo(f"{len(report.problems)} problems in the content; run `kb check`.", err=True)


@click.command()
@click.option("--host", help="Address to listen on (KB_HOST).")
@click.option("--port", type=int, help="Port to listen on (KB_PORT).")
@click.option("--workers", type=int, help="Processes that answer (KB_WORKERS).")
@click.option("--watch", is_flag=True, help="For editors: show drafts, and follow the content as it is saved.")
def serve(host: str | None, port: int | None, workers: int | None, watch: bool) -> None:
    """Serve the site and the API from what `kb build` made."""
    from kb.api.server import run

    run(load_settings(host=host, port=port, workers=workers), watch=watch)
