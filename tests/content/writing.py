"""A small valid content folder that tests change to provoke problems."""

from __future__ import annotations

from pathlib import Path

from kb.content.checks import check_library
from kb.content.library import load_library

ORIGINAL = """---
title: Drop-in legal desk at the bus terminal
summary: The municipality of Example Town ran a legal desk at its bus terminal and advised 120 people in 2023.
questions:
  - Where can people who just arrived ask about their papers?
  - How do we advise people who stay one night only?
  - Can a town run a legal desk without lawyers of its own?
countries: [SV]
places: [Example Town]
implementers: [Municipality of Example Town]
period: {start: 2023, end: null}
status: ongoing
evidence: results-reported
themes: [legal-aid]
populations: [refugees]
tier: snapshot
results:
  - {label: People advised, value: 120, unit: people, year: 2023, source: 1}
sources:
  - n: 1
    title: Yearly report of the town
    publisher: Municipality of Example Town
    url: https://example.org/report
    date: 2024-02
    language: en
last_reviewed: 2024-03-01
review_by: 2025-03-01
---

## The need

People who arrive by bus know nobody and leave the next morning [1].

## What was done

The town put a desk with two law students beside the ticket counter and paid their lunch [1].

## Results

The desk advised 120 people in its first year [1].

## What helped and what got in the way

Students left at each end of term, and the desk closed for weeks [1].

## Adapting it

Not documented yet.
"""

TRANSLATION = """---
translates: en
translation: machine-assisted
fingerprint: {fingerprint}
title: Mesa legal en la terminal de buses
summary: La municipalidad de Example Town atendió una mesa legal en su terminal y orientó a 120 personas en 2023.
questions:
  - ¿Dónde puede preguntar por sus papeles quien acaba de llegar?
  - ¿Cómo orientamos a quien se queda una sola noche?
  - ¿Puede un municipio tener una mesa legal sin abogados propios?
implementers: [Municipalidad de Example Town]
results:
  - Personas orientadas
---

## La necesidad

Quien llega en bus no conoce a nadie y se va a la mañana siguiente [1].

## Qué se hizo

La municipalidad puso una mesa con dos estudiantes de derecho junto a la boletería y les pagó el almuerzo [1].

## Resultados

La mesa orientó a 120 personas en su primer año [1].

## Qué ayudó y qué dificultó

Los estudiantes se iban al final de cada ciclo y la mesa cerraba por semanas [1].

## Cómo adaptarla

Aún no está documentado.
"""

PATH = "practices/sv/legal-desk.en.md"
TRANSLATED = "practices/sv/legal-desk.es.md"


def write(folder: Path, path: str, text: str | bytes) -> None:
    """Writes a content file, making its folders."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def problems(folder: Path) -> list[str]:
    """What `kb check` prints for a folder."""
    return [str(problem) for problem in check_library(load_library(folder))]


def changed(old: str, new: str) -> str:
    """The valid original with one thing changed."""
    assert ORIGINAL.count(old) >= 1, f"{old!r} does not stand in the original"
    return ORIGINAL.replace(old, new)


def line_of(text: str, part: str) -> int:
    """Line, from 1, of the first occurrence of `part`."""
    return text[: text.index(part)].count("\n") + 1
