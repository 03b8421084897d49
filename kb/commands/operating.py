"""Verbs for those who keep a server running, and for assistants."""

from __future__ import annotations

import click

from kb.commands import say
from kb.settings import load_settings


@click.command()
def snapshots() -> None:
    """List the snapshots of the index, newest first; `*` is the one that is served."""
    from kb.index.generations import generations
    from kb.index.layout import Layout

    for one in generations(Layout(load_settings().index)):
        mark = "*" if one.served else " "
        what = one.damage or f"built {one.built}  {one.items} practices  {one.passages} passages"
        click.echo(f"{mark} {one.name}  {what}")


@click.command()
@click.argument("generation", default="")
def rollback(generation: str) -> None:
    """Serve an earlier snapshot: GENERATION, or the newest whole one before the one that is served."""
    from kb.index.generations import roll_back
    from kb.index.layout import Layout

    click.echo(f"serving {roll_back(Layout(load_settings().index), generation, say)}")


@click.command()
def mcp() -> None:
    """Offer search and practices to a software assistant over stdio (Model Context Protocol)."""
    from kb.assistant.server import assistant_server
    from kb.assistant.tools import Tools
    from kb.pipeline import open_engine

    settings = load_settings()
    engine = open_engine(settings)
    tools = Tools(lambda: engine, settings.site_address)
    assistant_server(tools).run()
