"""A preview for editors: the site with drafts in it, made again in the moment a content file is saved.

It stands in a folder of its own, so that no draft reaches the site that is published. The index is left as it is: what
the search finds changes with the next `kb build`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kb.content.checks import check_entries, check_library
from kb.content.library import Library, load_library
from kb.content.problems import Problem
from kb.errors import KnowledgeBaseError
from kb.learning.matching import matching_of
from kb.search.engine import SearchEngine
from kb.sentences import Sentence
from kb.settings import Settings
from kb.site.build import build_site, similar_in, write_entries
from kb.site.forge import forge

QUIET_MILLISECONDS = 1500
"""How long nothing must be saved before the pages that list what changed are made again."""

_STUMBLED = Sentence("The preview could not be written; it tries again with the next file that you save.")

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
        self._similar = similar_in(engine.snapshot)
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._started = time.time_ns()
        self._renderings = 0
        self._digests: dict[str, str] = {}
        self._library: Library | None = None

    @property
    def version(self) -> str:
        return f"{self._started}-{self._renderings}"

    def render(self) -> None:
        """Writes the whole site; pages that do not change stay as they are."""
        if self.render_changed():
            self.render_rest()

    def render_changed(self) -> bool:
        """Writes the pages of the entries that changed, so that their editor sees them at once; tells whether the content could be read.

        What is wrong in the content is logged and stands where the page would, and the rest of it is written.
        """
        began = time.perf_counter()
        try:
            self._library = load_library(self._settings.content).with_drafts()
        except KnowledgeBaseError as error:
            logger.error("%s", error.said(self._settings.lang))  # noqa: TRY400 - the sentence says it
            return False
        digests = {entry.id: self._library.digest(entry) for entry in self._library.everything.values()}
        for unread in self._library.unread:  # mended or not, its page says something else than before
            digests[unread.id] = f"{digests.get(unread.id, '')} {unread.problems}"
        changed = {entry_id for entry_id, digest in digests.items() if self._digests.get(entry_id) != digest}
        if self._digests:
            write_entries(
                self._library, self._settings.site, changed, self._similar, matching=matching_of(self._engine),
                unread=self._library.unread, findings=_by_file(check_entries(self._library, changed)),
            )  # fmt: skip
            self._renderings += 1
            seconds = time.perf_counter() - began
            logger.info("Preview: %s in %.2f s", ", ".join(sorted(changed)) or "nothing new", seconds)
        for problem in self._library.problems:
            logger.warning("%s", problem.said(self._settings.lang))
        self._digests = digests
        return True

    def render_rest(self) -> None:
        """Writes every other page that shows what changed."""
        if self._library is None:
            return
        began = time.perf_counter()
        repository = forge(self._settings.repository, self._settings.branch)
        report = build_site(
            self._library, self._settings.site, self._similar, repository=repository, matching=matching_of(self._engine),
            unread=self._library.unread, findings=_by_file(check_library(self._library)),
        )  # fmt: skip
        self._renderings += report.written > 0
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
        stale = False
        # Nothing comes when nothing was saved for a while: then there is time for lists and maps, which no editor waits for.
        for saved in watch(
            folder, stop_event=self._stop, debounce=100, step=30, rust_timeout=QUIET_MILLISECONDS, yield_on_timeout=True
        ):
            # Whatever a page stumbles over, the next save may mend it: an editor is never left with pages that stand still.
            try:
                if saved:
                    stale = self.render_changed() or stale
                elif stale:
                    stale = False
                    self.render_rest()
            except KnowledgeBaseError as error:
                logger.error("%s", error.said(self._settings.lang))  # noqa: TRY400 - the sentence says it
            except Exception:
                logger.exception("%s", _STUMBLED.said(self._settings.lang))


def _by_file(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.path, []).append(problem)
    return found
