"""Gathers what a reviewer wants to know of the changed files."""

from __future__ import annotations

from collections.abc import Sequence

from kb.content.library import Library
from kb.content.problems import Problem
from kb.contribute.comment import Findings
from kb.contribute.duplicates import Near, nearest_practices
from kb.contribute.links import dead_links, network_is_there
from kb.search.engine import SearchEngine


def findings(
    library: Library, problems: Sequence[Problem], paths: Sequence[str], engine: SearchEngine | None, *, links: bool
) -> Findings:
    """Compares the practices among `paths` with the index, where there is one, and tries their links, where asked."""
    changed = [
        entry for entry in library.everything.values() if any(page.path in paths for page in entry.pages.values())
    ]
    near: dict[str, list[Near]] | None = None
    if engine is not None:
        near = {entry.id: nearest_practices(engine, entry) for entry in changed if entry.kind == "practice"}
    dead = None
    if links and network_is_there():
        dead = list(dead_links(source.url for entry in changed for source in entry.facts.sources if source.url))
    return Findings(library, problems, paths, near, dead)


def touched(library: Library, parts: Sequence[str], changed: Sequence[str] | None) -> list[str]:
    """Content files that a review is about: those changed, or those whose path holds one of `parts`."""
    if changed is not None:
        return sorted(changed)
    known = {*library.documents, *(problem.path for problem in library.problems)}
    return sorted(path for path in known if any(part in path for part in parts))
