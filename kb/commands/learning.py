"""Verbs for peer learning: who can learn from whom, and agendas."""

from __future__ import annotations

from pathlib import Path

import click

from kb.commands import language_option
from kb.sentences import Sentence
from kb.settings import load_settings


@click.command()
@click.argument("commitment", required=False)
@click.option("--practice", help="The other way round: who could use this practice.")
@language_option("es", "Your language.")
@click.option("-n", "count", type=click.IntRange(1, 10), default=5, show_default=True, help="How many practices.")
def match(commitment: str | None, practice: str | None, lang: str, count: int) -> None:
    """Practices of other States that answer COMMITMENT (its id), with the reason; without it, every commitment."""
    from kb.learning.as_text import commitments_as_text, practice_as_text
    from kb.learning.matching import matching_of
    from kb.pipeline import open_engine

    matching = matching_of(open_engine(load_settings()))
    if practice:
        click.echo(practice_as_text(matching, matching.knowledge.practice(practice), lang))
        return
    known = matching.knowledge
    chosen = [known.commitment(commitment)] if commitment else list(known.commitments.values())
    click.echo(commitments_as_text(matching, chosen, lang, count))


@click.command()
@click.argument("request_file", metavar="REQUEST.yaml", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-o", "output", type=click.Path(path_type=Path, dir_okay=False, writable=True), required=True,
              help="File to write; its ending says the format: html docx ics md json yaml zip (everything).")  # fmt: skip
@language_option("es", "Language of the file, and of what is said.")
@click.option("--document", default="agenda", show_default=True,
              help="agenda, run-of-show, concept-note, evaluation or outcome.")  # fmt: skip
def agenda(request_file: Path, output: Path, lang: str, document: str) -> None:
    """Make the agenda of a learning event from REQUEST.yaml; see examples/san-salvador-2023.yaml."""
    from kb.errors import AgendaRequestError
    from kb.learning.making import make_agenda
    from kb.learning.matching import matching_of
    from kb.learning.request import load_request
    from kb.pipeline import open_engine
    from kb.site.agendas import Wish, write_agenda

    request = load_request(request_file)
    made = make_agenda(request, matching_of(open_engine(load_settings())).knowledge)
    content = write_agenda(
        made, output.suffix.removeprefix("."), Wish(lang, document, request.site or load_settings().public_url)
    )
    try:
        output.write_bytes(content)
    except OSError as error:
        raise AgendaRequestError(
            "%(file)s cannot be written (%(reason)s).", file=output, reason=error.strerror
        ) from None
    told = Sentence(
        "%(file)s: %(blocks)s blocks, %(practices)s practices.",
        file=output,
        blocks=len(made.blocks),
        practices=len(made.practices),
    )
    click.echo(told.said(lang))
    for note in made.notes:
        click.echo(f"  {note[lang]}", err=True)
    for left in made.left:
        click.echo(f"  {left.practice.id}: {left.reason[lang]}", err=True)
