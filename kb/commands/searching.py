"""Verbs that search and measure the ranking."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kb.commands import FOLDER, LANGUAGE, say
from kb.settings import load_settings

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@click.argument("query")
@click.option("--lang", type=LANGUAGE, default="es", show_default=True, help="Your language.")
@click.option("--filter", "filters", multiple=True, metavar="FACET=TERM", help="Such as country=SV; repeat for more.")
@click.option("--passages-in", type=LANGUAGE, help="Search only what is written in this language.")
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


@click.command("eval")
@click.argument("file", type=FILE, required=False)
@click.option("--beir", type=FOLDER, help="Evaluate a test collection in BEIR form instead.")
@click.option("--passages-in", type=LANGUAGE, help="Search only passages of this language.")
@click.option("--json", "as_json", is_flag=True, help="Print figures as JSON.")
def evaluate(file: Path | None, beir: Path | None, passages_in: str | None, as_json: bool) -> None:
    """Measure the ranking with the judged queries of FILE, or with a collection in BEIR form."""
    from kb.search.benchmark import evaluate_collection, evaluate_judgements, figures_as_text

    if (file is None) == (beir is None):
        raise click.UsageError("Give either a FILE of judged queries or --beir DIR.")
    settings = load_settings()
    if beir is not None:
        figures = evaluate_collection(settings, beir, passages_in or "", say)
    else:
        assert file is not None  # noqa: S101 - the line above made sure
        figures = evaluate_judgements(settings, file, passages_in or "")
    click.echo(json.dumps(figures, indent=1) if as_json else figures_as_text(figures))
