"""Verbs for those who keep a server running, and for assistants."""

from __future__ import annotations

from contextlib import closing

import click

from kb.commands import say
from kb.settings import load_settings, store_address


@click.command()
def snapshots() -> None:
    """List the snapshots of the index, newest first; `*` is the one that is served."""
    from kb.index.generations import generations
    from kb.index.layout import Layout

    found = list(generations(Layout(load_settings().index)))
    if not found:
        click.echo("There is no snapshot yet; run `kb build`.", err=True)
    for one in found:
        mark = "*" if one.served else " "
        what = one.damage or f"built {one.built}  {one.items} practices  {one.passages} passages"
        click.echo(f"{mark} {one.name}  {what}")


@click.command()
@click.argument("generation", default="")
def rollback(generation: str) -> None:
    """Serve an earlier snapshot and its pages: GENERATION, or the newest whole one before the one that is served."""
    from kb.pipeline import roll_back

    settings = load_settings()
    chosen, site = roll_back(settings, generation, say)
    click.echo(f"serving {chosen}")
    if site:
        click.echo(f"site: {site.pages} pages ({site.written} files written, {site.removed} removed)")
    else:
        click.echo("site: left as it is; this snapshot carries no content, so check it out of Git and run `kb build`")
    if settings.store:
        click.echo("The store still serves what it did; run `kb store push`.")


@click.command()
def mcp() -> None:
    """Offer search, matching and agendas to a software assistant over stdio (Model Context Protocol)."""
    from kb.assistant.server import assistant_server
    from kb.pipeline import open_engine

    settings = load_settings()
    engine = open_engine(settings)
    assistant_server(lambda: engine, settings.site_address).run()


@click.group()
def store() -> None:
    """Keep snapshots in PostgreSQL (`KB_STORE`), for when one machine is not enough."""


@store.command()
def push() -> None:
    """Copy the published snapshot of the index folder into the store, and publish it there in one step."""
    from kb.index.layout import Layout
    from kb.index.snapshot import open_snapshot
    from kb.store import push as pushing

    settings = load_settings()
    done = pushing.push(store_address(settings), open_snapshot(Layout(settings.index)), say)
    what = f"{done.passages} passages" if done.passages else "was there already"
    click.echo(f"published {done.generation} ({what}); removed {len(done.removed)} older snapshots")


@store.command()
def status() -> None:
    """Say which server answers and which snapshots it holds; `*` is the one that is served."""
    from kb.store.connection import Store
    from kb.store.status import store_status

    with closing(Store(store_address(load_settings()))) as opened:
        found = store_status(opened)
    role = "replica" if found.replica else "primary"
    click.echo(f"{role}, PostgreSQL {found.server}, pgvector {found.pgvector}, {found.megabytes:.0f} MB")
    for one in found.snapshots:
        click.echo(f"{'*' if one.served else ' '} {one.name}  pushed {one.pushed}  {one.passages} passages")
