"""The verbs of `kb`, a module for each group of users. Each imports what it needs and holds no logic of its own."""

import click


def say(step: str) -> None:
    """Progress of a long step, on standard error."""
    click.echo(f"  {step}", err=True)
