"""The command line: the group, its verbs, and the edge where errors become one sentence."""

from __future__ import annotations

import sys

import click

from kb.commands import SPOKEN, content, contributing, learning, operating, running, searching
from kb.errors import KnowledgeBaseError
from kb.settings import SETTINGS, terminal_language


class _Verbs(click.Group):
    """The group: an error leaves it with the language that its verb was asked to speak."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KnowledgeBaseError as error:
            error.lang = ctx.meta.get(SPOKEN, "") or error.lang
            raise


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Settings are environment variables: " + ", ".join(setting.variable for setting in SETTINGS) + ".",
)
@click.version_option(package_name="good-practice-kb")
def cli() -> None:
    """Good practices for protection and solutions: check, build, serve, search."""


VERBS: tuple[click.Command, ...] = (
    content.check,
    content.stamp,
    content.report,
    contributing.new,
    contributing.import_file,
    contributing.templates,
    running.build,
    running.serve,
    searching.search,
    searching.evaluate,
    learning.match,
    learning.agenda,
    operating.snapshots,
    operating.rollback,
    operating.mcp,
    operating.store,
)
for verb in VERBS:
    cli.add_command(verb)


def main() -> None:
    """Entry point: turns our errors into one sentence and an exit code."""
    try:
        cli(standalone_mode=False)
    except KnowledgeBaseError as error:
        click.echo(f"kb: {error.said(error.lang or terminal_language())}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
