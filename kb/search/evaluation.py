"""How good the ranking is, measured with judged queries.

nDCG with the exponential gain 2^grade - 1 and the discount 1 / log2(rank + 1) (Burges et al., 2005), cut at rank 10.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content.sections import LANGUAGES
from kb.errors import JudgementError

CUT = 10
METRICS = ("ndcg@10", "recall@10", "mrr@10", "hit@1")


@dataclass(frozen=True)
class Judgement:
    """A query and the grade (2 answers it, 1 in part) of each relevant item."""

    id: str
    query: str
    lang: str
    kind: str
    relevant: Mapping[str, int]


@dataclass(frozen=True)
class Evaluation:
    """Mean metrics over judged queries: overall, by language and by kind, and what was left out."""

    overall: dict[str, float]
    by_lang: dict[str, dict[str, float]]
    by_kind: dict[str, dict[str, float]]
    queries: int
    without_relevant: int
    missing_items: int

    def to_dict(self) -> dict[str, object]:
        return {
            "overall": self.overall,
            "by_lang": self.by_lang,
            "by_kind": self.by_kind,
            "queries": self.queries,
            "queries_without_relevant": self.without_relevant,
            "judged_items_not_in_content": self.missing_items,
        }


def load_judgements(path: Path) -> list[Judgement]:
    """Judged queries, one JSON object a line: `id, query, lang, kind, relevant`.

    Raises:
        JudgementError: names the file and line that cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise JudgementError(f"{path} cannot be read: {error}.") from None
    judgements = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            relevant = {str(item): int(grade) for item, grade in data["relevant"].items()}
            judgement = Judgement(str(data["id"]), str(data["query"]), data["lang"], str(data["kind"]), relevant)
        except (ValueError, KeyError, TypeError, AttributeError):
            needs = "an object with id, query, lang, kind and relevant (item id to grade)"
            raise JudgementError(f"{path}:{number}: is not {needs}.") from None
        if judgement.lang not in LANGUAGES:
            raise JudgementError(f"{path}:{number}: lang must be one of {', '.join(LANGUAGES)}.")
        judgements.append(judgement)
    if not judgements:
        raise JudgementError(f"{path} holds no judged query.")
    return judgements


def metrics(ranking: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    """The metrics of one ranking (item ids, best first) against its grades; at least one grade must be positive."""
    gains = [2.0 ** relevant.get(item, 0) - 1 for item in ranking[:CUT]]
    ideal = sorted((2.0**grade - 1 for grade in relevant.values()), reverse=True)[:CUT]
    first = next((rank for rank, gain in enumerate(gains, start=1) if gain > 0), None)
    found = sum(gain > 0 for gain in gains)
    return {
        "ndcg@10": _discounted(gains) / _discounted(ideal),
        "recall@10": found / sum(grade > 0 for grade in relevant.values()),
        "mrr@10": 1 / first if first else 0.0,
        "hit@1": float(first == 1),
    }


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def evaluate(
    judgements: Iterable[Judgement], held: Collection[str], rank: Callable[[Judgement], Sequence[str]]
) -> Evaluation:
    """Ranks each judged query with `rank` and averages the metrics.

    Items that are not in `held` are left out of the grades and counted; queries with nothing left too.
    """
    rows: list[tuple[Judgement, dict[str, float]]] = []
    missing: set[str] = set()
    empty = 0
    for judgement in judgements:
        missing.update(item for item in judgement.relevant if item not in held)
        grades = {item: grade for item, grade in judgement.relevant.items() if item in held and grade > 0}
        if not grades:
            empty += 1
            continue
        rows.append((judgement, metrics(rank(judgement), grades)))
    return Evaluation(
        overall=_mean([row for _, row in rows]),
        by_lang=_grouped(rows, lambda judgement: judgement.lang),
        by_kind=_grouped(rows, lambda judgement: judgement.kind),
        queries=len(rows),
        without_relevant=empty,
        missing_items=len(missing),
    )


def _grouped(
    rows: list[tuple[Judgement, dict[str, float]]], key: Callable[[Judgement], str]
) -> dict[str, dict[str, float]]:
    groups: dict[str, list[dict[str, float]]] = {}
    for judgement, row in rows:
        groups.setdefault(key(judgement), []).append(row)
    return {name: {"queries": len(found), **_mean(found)} for name, found in sorted(groups.items())}


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {metric: round(sum(row[metric] for row in rows) / len(rows), 4) if rows else 0.0 for metric in METRICS}
