"""A preview for editors: the site with drafts in it, made again in the moment a content file is saved.

It stands in a folder of its own, so that no draft reaches the site that is published. The index is left as it is: what
the search finds changes with the next `kb build`.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from pathlib import Path

from kb.content.library import load_library
from kb.errors import KnowledgeBaseError
from kb.search.engine import SearchEngine
from kb.settings import Settings
from kb.site.build import build_site, write_entries
from kb.site.forge import forge

SIMILAR = 4

logger = logging.getLogger(__name__)


def preview_settings(settings: Settings) -> Settings:
    """The same settings, with the site in the cache."""
    return replace(settings, site=settings.cache / "preview")


class Preview:
    """Renders the site of `settings.site` from the content, again whenever the content changes.

    `version` is another one after each rendering; pages that are open ask for it and load themselves again.
    """

    def __init__(self, settings: Settings, engine: SearchEngine) -> None:
        self._settings = settings
        self._engine = engine
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._started = time.time_ns()
        self._renderings = 0
        self._digests: dict[str, str] = {}

    @property
    def version(self) -> str:
        return f"{self._started}-{self._renderings}"

    def render(self) -> None:
        """Writes first the pages of the entries that changed, so that their editor sees them, then the rest.

        What is wrong in the content is logged, and the rest of it is written.
        """
        began = time.perf_counter()
        try:
            library = load_library(self._settings.content).with_drafts()
        except KnowledgeBaseError as error:
            logger.error("%s", error)  # noqa: TRY400 - the sentence says it
            return
        digests = {entry.id: library.digest(entry) for entry in library.everything.values()}
        changed = {entry_id for entry_id, digest in digests.items() if self._digests.get(entry_id) != digest}
        if self._digests:
            write_entries(library, self._settings.site, changed, self._similar)
            self._renderings += 1
            logger.info(
                "Preview: %s in %.2f s", ", ".join(sorted(changed)) or "nothing new", time.perf_counter() - began
            )
        self._digests = digests
        repository = forge(self._settings.repository, self._settings.branch)
        report = build_site(library, self._settings.site, self._similar, repository=repository)
        self._renderings += report.written > 0
        for problem in library.problems:
            logger.warning("%s", problem.said(self._settings.lang))
        logger.info("Preview: the whole site in %.2f s", time.perf_counter() - began)

    def watch(self) -> None:
        """Renders once, then starts looking for changes."""
        self.render()
        self._watcher = threading.Thread(target=self._watch, name="content-watch", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """Stops looking for changes."""
        self._stop.set()
        if self._watcher:
            self._watcher.join()

    def _watch(self) -> None:
        from watchfiles import watch

        folder: Path = self._settings.content
        for _ in watch(folder, stop_event=self._stop, debounce=200, step=30, rust_timeout=500, yield_on_timeout=False):
            self.render()

    def _similar(self, entry_id: str) -> list[str]:
        if entry_id not in self._engine.snapshot.positions:
            return []
        return [item.id for item, _ in self._engine.similar(entry_id, SIMILAR)]
