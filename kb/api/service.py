"""Which snapshot is served, and how a new one takes its place while requests go on."""

from __future__ import annotations

import logging
import threading

from kb.errors import KnowledgeBaseError
from kb.index.layout import Layout
from kb.index.snapshot import open_snapshot
from kb.search.engine import SearchEngine
from kb.search.opening import query_encoder
from kb.settings import Settings

POLL_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Service:
    """Holds the served engine and replaces it when a new snapshot is published.

    A request takes `engine` once and answers from it to its end, so no answer mixes two generations.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._layout = Layout(settings.index)
        self.engine = self._open()
        self._refused = ""
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None

    def watch(self) -> None:
        """Starts looking for new snapshots."""
        self._watcher = threading.Thread(target=self._watch, name="snapshot-watch", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """Stops looking for new snapshots."""
        self._stop.set()
        if self._watcher:
            self._watcher.join()

    def refresh(self) -> bool:
        """Takes over the published snapshot when it is another one; a bad one is refused and the old one serves on."""
        serving = self.engine.snapshot.generation
        try:
            published = self._layout.current()
            if published in (serving, self._refused):
                return False
            self.engine = self._open()
        except KnowledgeBaseError as error:
            self._refused = self._published()
            logger.error("Snapshot refused, still serving %s: %s", serving, error)  # noqa: TRY400 - no traceback wanted
            return False
        logger.info("Now serving %s", self.engine.snapshot.generation)
        return True

    def _published(self) -> str:
        try:
            return self._layout.current()
        except KnowledgeBaseError:
            return ""

    def _open(self) -> SearchEngine:
        snapshot = open_snapshot(self._layout)
        return SearchEngine(snapshot, query_encoder(snapshot, self._settings), cache_size=self._settings.query_cache)

    def _watch(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            self.refresh()
