"""Where the time of a query goes, as a picture: docs/pictures/stages.svg, and the same figures in words.

    python -m benchmarks.stages         over the published index; prints a table, writes the picture

The stages are those that an answer tells of itself under `debug=true`.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path

import numpy as np

from benchmarks.searching import JUDGED
from kb.pipeline import open_engine
from kb.search.evaluation import load_judgements
from kb.search.request import search_request
from kb.settings import load_settings

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "stages.svg"
STAGES = {
    "read": ("read the question", "leer la pregunta", "#5b7c99"),
    "encode": ("encode it", "codificarla", "#0b5394"),
    "retrieve": ("retrieve candidates", "recuperar candidatas", "#2a8c82"),
    "compare": ("compare token by token", "comparar palabra por palabra", "#b45f06"),
    "rank": ("rank", "ordenar", "#7f6000"),
    "show": ("snippets and counts", "fragmentos y conteos", "#6a4c93"),
}
KINDS = {
    "short": ("a typed question", "una pregunta escrita"),
    "paragraph": ("a pasted paragraph", "un párrafo pegado"),
}
_EVERY, _ROUNDS = 6, 4
"""Of each so many judged queries one is asked so many times, and its fastest answer counts: others share the machine."""
_WIDTH, _LEFT, _BAR, _TOP = 760, 10, 34, 30


def main() -> None:
    figures = measure()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture(figures), encoding="utf-8")
    print(f"| ms, median | {' | '.join(STAGES)} | sum |\n|---{'|---' * (len(STAGES) + 1)}|")
    for kind, stages in figures.items():
        cells = " | ".join(f"{stages[name]:.1f}" for name in STAGES)
        print(f"| {KINDS[kind][0]} | {cells} | {sum(stages.values()):.1f} |")


def measure() -> dict[str, dict[str, float]]:
    """Median milliseconds of each stage, uncached, for questions that are typed and for paragraphs that are pasted."""
    engine = open_engine(replace(load_settings(), query_cache=0))
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for judged in load_judgements(JUDGED)[::_EVERY]:
        request = search_request(judged.query, judged.lang)
        rounds = [engine.search(request).timings for _ in range(_ROUNDS)]
        kind = "paragraph" if judged.kind == "paragraph" else "short"
        found[kind].append(dict(min(rounds, key=lambda timings: sum(timings.values()))))
    return {
        kind: {name: float(np.median([one[name] for one in many])) for name in STAGES} for kind, many in found.items()
    }


def picture(figures: dict[str, dict[str, float]]) -> str:
    """An SVG of one bar for each kind of question, its stages side by side in proportion to their time."""
    longest = max(sum(stages.values()) for stages in figures.values())
    parts, y = [], _TOP
    for kind, stages in figures.items():
        total = sum(stages.values())
        parts.append(_text(_LEFT, y - 8, f"{' / '.join(KINDS[kind])}: {total:.1f} ms"))
        x = float(_LEFT)
        for name, milliseconds in stages.items():
            width = (_WIDTH - 2 * _LEFT) * milliseconds / longest
            label = f"{STAGES[name][0]}: {milliseconds:.1f} ms"
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{STAGES[name][2]}"><title>{escape(label)}</title></rect>'
            )
            if width > 40:
                parts.append(_text(x + 4, y + 22, f"{milliseconds:.1f}", "#ffffff"))
            x += width
        y += _BAR + 36
    for number, (english, spanish, colour) in enumerate(STAGES.values()):
        x, line = _LEFT + (number % 2) * 380, y - 8 + (number // 2) * 24
        parts.append(f'<rect x="{x}" y="{line - 12}" width="14" height="14" fill="{colour}"/>')
        parts.append(_text(x + 20, line, f"{english} / {spanish}"))
    height = y + 24 * ((len(STAGES) + 1) // 2)
    inner = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="14" role="img" aria-label="Milliseconds of each stage of a query">\n'
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>\n{inner}\n</svg>\n'
    )


def _text(x: float, y: float, words: str, colour: str = "#1a1a1a") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{escape(words)}</text>'


if __name__ == "__main__":
    main()
