"""Where pages stand on their way to readers, and which are due to be read again: `kb report review`."""

from __future__ import annotations

import datetime

from kb.content.library import Library
from kb.content.model import Entry


def review_as_text(library: Library, today: datetime.date | None = None) -> str:
    """One line a page: past its date of review, in work, or withdrawn. `today` decides what is past."""
    now = today or datetime.datetime.now(datetime.UTC).date()
    everything = library.everything.values()
    overdue = sorted((e for e in library.entries.values() if e.is_overdue(now)), key=lambda e: e.facts.review_by)
    blocks = [_block("Past their date of review", overdue, "review_by")]
    for status, heading in (("in-review", "In review"), ("draft", "Drafts"), ("withdrawn", "Withdrawn")):
        blocks.append(_block(heading, [e for e in everything if e.facts.review.status == status], status))
    return "\n\n".join(blocks)


def _block(heading: str, entries: list[Entry], column: str) -> str:
    lines = [f"{heading}: {len(entries)}"]
    for entry in entries:
        review = entry.facts.review
        reason = review.reason.en if review.reason else ""
        note = (
            entry.facts.review_by
            if column == "review_by"
            else reason or "; ".join(review.reviewers) or "no reviewer yet"
        )
        lines.append(f"  {entry.id}  {note}")
    return "\n".join(lines)
