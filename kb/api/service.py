"""Which snapshot is served, and how a new one takes its place while requests go on."""

from __future__ import annotations

import logging
import threading
import time

from kb.errors import KnowledgeBaseError
from kb.index.snapshot import Snapshot
from kb.learning.matching import forget_matching, matching_of
from kb.search.engine import SearchEngine
from kb.search.opening import query_encoder
from kb.search.request import search_request
from kb.settings import Settings
from kb.store.source import source_of

POLL_SECONDS = 1.0
TRUST_SECONDS = 5.0
"""How long it is taken for granted that questions are answered, after one was."""

PROBE = search_request("salud")

logger = logging.getLogger(__name__)


class Service:
    """Holds the served engine and replaces it when a new snapshot is published.

    A request takes `engine` once and answers from it to its end, so no answer mixes two generations.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._source = source_of(settings)
        self._refused: str | None = None
        self._answered = 0.0
        self.refusal = ""
        """Why the published snapshot is not the one that is served; empty when it is."""
        self.engine = self._engine(self._source.open_newest_good(self._refuse))
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
        self._source.close()

    def answers(self) -> bool:
        """Whether questions are answered. Asks the engine, but not at every call."""
        if time.monotonic() - self._answered > TRUST_SECONDS:
            try:
                self.engine.ranking(PROBE)
            except Exception:
                logger.exception("The engine does not answer")
                return False
            self._answered = time.monotonic()
        return True

    def refresh(self) -> bool:
        """Takes over the published snapshot when it is another one; a bad one is refused and the old one serves on."""
        published = self._published()
        if published == self._refused:
            return False
        another = published != self.engine.snapshot.generation
        if another:
            try:
                self.engine = self._engine(self._source.open())
                forget_matching()
            except KnowledgeBaseError as error:
                self._refuse(error)
                return False
            logger.info("Now serving %s", self.engine.snapshot.generation)
        self._refused, self.refusal = None, ""
        return another

    def _refuse(self, error: KnowledgeBaseError) -> None:
        logger.error("Snapshot refused, serving the newest good one: %s", error)
        published = self._published()
        if published != self._refused:
            self._refused, self.refusal = published, str(error)

    def _published(self) -> str:
        try:
            return self._source.published()
        except KnowledgeBaseError:
            return ""

    def _engine(self, snapshot: Snapshot) -> SearchEngine:
        settings = self._settings
        # A question to a database mostly waits, and leaves the processor to others. On the processor two share it best: one
        # computes while the other has Python's lock.
        at_once = None if settings.store else max(2, settings.threads)
        encoder = query_encoder(snapshot, settings)
        return SearchEngine(snapshot, encoder, cache_size=settings.query_cache, at_once=at_once)

    def _prepare(self) -> None:
        """Over a database, matching all commitments takes longer than a request may: it is done before somebody asks."""
        if self._settings.store:
            threading.Thread(target=self._match, args=(self.engine,), name="matching", daemon=True).start()

    def _match(self, engine: SearchEngine) -> None:
        matching = matching_of(engine)
        for commitment in matching.knowledge.commitments.values():
            if self._stop.is_set() or engine is not self.engine:
                return
            try:
                matching.practices_for(commitment)
            except KnowledgeBaseError as error:  # a lost database: whoever asks meets it too, and starts anew
                logger.warning("Commitments could not be matched beforehand: %s", error)
                return

    def _watch(self) -> None:
        self._prepare()
        while not self._stop.wait(POLL_SECONDS):
            try:
                if self.refresh():
                    self._prepare()
            except Exception:  # a passing fault, such as no file left to open, must not end the watch
                logger.exception("The published snapshot could not be looked at")
