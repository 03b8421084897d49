"""The command line. Each verb imports what it needs and holds no logic of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kb.errors import ContentError, KnowledgeBaseError
from kb.settings import SETTINGS, load_settings

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Settings are environment variables: " + ", ".join(setting.variable for setting in SETTINGS) + ".",
)
@click.version_option(package_name="good-practice-kb")
def cli() -> None:
    """Good practices for protection and solutions: check, build, serve, search."""


def _say(step: str) -> None:
    click.echo(f"  {step}", err=True)


@cli.command()
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


@cli.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--content", type=FOLDER, help="Content folder (KB_CONTENT).")
def stamp(ids: tuple[str, ...], content: Path | None) -> None:
    """Write the original's fingerprint into the translations of IDS (or `all`), after bringing them up to date."""
    from kb.content.library import load_library
    from kb.content.stamp import stamp_translations

    library = load_library(load_settings(content=content).content)
    for path in stamp_translations(library, ids):
        click.echo(f"stamped {path}")


@cli.command()
def build() -> None:
    """Build the index snapshot and the static site from the content."""
    from kb.pipeline import build as build_all

    report = build_all(load_settings(), _say)
    for problem in report.problems:
        click.echo(str(problem), err=True)
    index, site = report.index, report.site
    click.echo(
        f"{index.items} practices, {index.passages} passages ({index.encoded} encoded, "
        f"{index.passages - index.encoded} kept); site: {site.pages} pages ({site.written} files written, "
        f"{site.removed} removed); snapshot {index.generation}; {report.seconds:.1f} s."
    )
    if report.problems:
        click.echo(f"{len(report.problems)} problems in the content; run `kb check`.", err=True)


@cli.command()
@click.option("--host", help="Address to listen on (KB_HOST).")
@click.option("--port", type=int, help="Port to listen on (KB_PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Serve the site and the API from what `kb build` made."""
    from kb.api.server import run

    run(load_settings(host=host, port=port))


@cli.command()
@click.argument("query")
@click.option("--lang", type=click.Choice(["en", "es"]), default="es", show_default=True, help="Your language.")
@click.option("--filter", "filters", multiple=True, metavar="FACET=TERM", help="Such as country=SV; repeat for more.")
@click.option("--passages-in", type=click.Choice(["en", "es"]), help="Search only what is written in this language.")
@click.option("-n", "count", type=click.IntRange(1, 50), default=5, show_default=True, help="How many results.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as the API gives it.")
def search(query: str, lang: str, filters: tuple[str, ...], passages_in: str | None, count: int, as_json: bool) -> None:
    """Search practices by meaning."""
    from kb.pipeline import open_engine
    from kb.search.request import parse_filters, search_request
    from kb.search.text import as_text

    request = search_request(query, lang, parse_filters(filters), passages_in or "", page_size=count)
    response = open_engine(load_settings()).search(request)
    if as_json:
        from kb.api.schemas import search_answer

        click.echo(search_answer(response).model_dump_json(indent=1))
    else:
        click.echo(as_text(response))


@cli.command("eval")
@click.argument("file", type=FILE, required=False)
@click.option("--beir", type=FOLDER, help="Evaluate a test collection in BEIR form instead.")
@click.option("--passages-in", type=click.Choice(["en", "es"]), help="Search only passages of this language.")
@click.option("--json", "as_json", is_flag=True, help="Print figures as JSON.")
def evaluate(file: Path | None, beir: Path | None, passages_in: str | None, as_json: bool) -> None:
    """Measure the ranking with the judged queries of FILE, or with a collection in BEIR form."""
    from kb.search.benchmark import evaluate_collection, evaluate_judgements, figures_as_text

    if (file is None) == (beir is None):
        raise click.UsageError("Give either a FILE of judged queries or --beir DIR.")
    settings = load_settings()
    if beir is not None:
        figures = evaluate_collection(settings, beir, passages_in or "", _say)
    else:
        assert file is not None  # noqa: S101 - the line above made sure
        figures = evaluate_judgements(settings, file, passages_in or "")
    click.echo(json.dumps(figures, indent=1) if as_json else figures_as_text(figures))


@cli.command()
@click.argument("subject", type=click.Choice(["content"]))
def report(subject: str) -> None:  # noqa: ARG001 - one report so far
    """Print what the content holds and what it lacks."""
    from kb.content.library import load_library
    from kb.site.coverage import coverage, coverage_as_text

    click.echo(coverage_as_text(coverage(load_library(load_settings().content))))


def main() -> None:
    """Entry point: turns our errors into one sentence and an exit code."""
    try:
        cli(standalone_mode=False)
    except KnowledgeBaseError as error:
        click.echo(f"kb: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
