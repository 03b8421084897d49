"""Content to everything that is served: the whole flow of the design in one place."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kb.content.checks import check_library
from kb.content.document import entry_document
from kb.content.library import Library, load_library
from kb.content.memory import remembering
from kb.content.problems import Problem
from kb.encoding.opening import open_encoder
from kb.encoding.protocol import QueryEncoder
from kb.errors import ContentError, NoSnapshotError
from kb.index import generations
from kb.index.build import BuildReport, build_snapshot
from kb.index.content import unpack_content
from kb.index.layout import Layout, Manifest
from kb.index.locking import alone
from kb.index.passages import passages_of, practice_items
from kb.index.snapshot import Snapshot
from kb.index.storage import writing
from kb.learning.asked import AskedBefore
from kb.learning.knowledge import Knowledge
from kb.learning.matching import Matching
from kb.search.engine import SearchEngine
from kb.search.opening import query_encoder
from kb.sentences import Sentence
from kb.settings import Settings
from kb.site.build import SiteReport, build_site, similar_in
from kb.site.forge import forge
from kb.site.plainhost import has_search_index
from kb.site.render import keep_compiled
from kb.site.urls import origin_and_base
from kb.store.source import source_of

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Report:
    """What `kb build` did."""

    index: BuildReport
    site: SiteReport
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...]
    """Files that readers miss, for they could not be read."""
    seconds: float


def build(settings: Settings, progress: Progress = lambda _: None, plain: bool = False) -> Report:
    """Checks the content, builds and publishes the index, writes the site; `plain` as `build_site` takes it.

    Files that cannot be read are left out and reported; everything else is built.

    Of two builds at once the second waits for the first to end, and then reads the content.

    Raises:
        ContentError: there is no practice to build from.
        StorageError: the disk is full, or a folder cannot be written.
    """
    with writing(settings.index, settings.cache, settings.site):
        settings.index.mkdir(parents=True, exist_ok=True)
        with alone(settings.index / ".build-lock", progress), remembering(settings.cache / "content.sqlite"):
            return _build(settings, progress, plain)


def _build(settings: Settings, progress: Progress, plain: bool) -> Report:
    started = time.perf_counter()
    with ThreadPoolExecutor(1) as beside:
        opening = beside.submit(open_encoder, settings, progress)
        library = load_library(settings.content)
        if not library.practices:
            raise ContentError(
                "There is no practice in %(folder)s that can be read; run `kb check`.", folder=settings.content
            )
        problems = tuple(check_library(library))
        progress(Sentence("read the entries: %(count)s", count=len(library.entries)))
        passages = [passage for entry in library.practices for passage in passages_of(entry)]
        documents = {entry.id: entry_document(entry, library.interests) for entry in library.entries.values()}
        encoder = opening.result()
    index = build_snapshot(
        Layout(settings.index),
        practice_items(library),
        passages,
        encoder,
        cache=settings.cache,
        documents=documents,
        content=library.public_files,
        progress=progress,
    )
    progress(Sentence("writing the site"))
    site = _write_site(settings, library, plain, index.generation, encoder)
    return Report(index, site, problems, tuple(library.left_out), time.perf_counter() - started)


def _write_site(
    settings: Settings, library: Library, plain: bool, generation: str, encoder: QueryEncoder | None = None
) -> SiteReport:
    """The pages of `library`, which must be the content of that snapshot, whose checksums have just been made or compared.

    `encoder` is one that gives what the snapshot's own does; without it that is opened.
    """
    written = Layout(settings.index).snapshot(generation)
    snapshot = Snapshot(written, Manifest.read(written.manifest))
    engine = SearchEngine(snapshot, encoder or query_encoder(snapshot, settings))
    asked = AskedBefore(snapshot)
    keep_compiled(settings.cache / "templates")
    repository = forge(settings.repository, settings.branch)
    origin, base = origin_and_base(settings.public_url)
    site = build_site(
        library,
        settings.site,
        similar_in(snapshot),
        base,
        origin,
        plain,
        repository=repository,
        contact=settings.contact,
        matching=Matching(Knowledge(engine), asked),
    )
    asked.save()
    return site


def roll_back(
    settings: Settings, generation: str = "", progress: Progress = lambda _: None
) -> tuple[str, SiteReport | None]:
    """Publishes an earlier snapshot, as `kb.index.generations.roll_back` does, and makes the site of its content again.

    Returns the snapshot's name and what became of the site: nothing where an earlier version of this software made the
    snapshot, which then carries no content.

    Raises:
        SnapshotError: there is no such snapshot, or it is damaged.
        StorageError: the disk is full, or a folder cannot be written; the sentence says which call finishes it.
    """
    layout = Layout(settings.index)
    layout.current()  # says so where there is no index at all
    with writing(layout.root, then="kb rollback"), alone(layout.root / ".build-lock", progress):
        chosen = generations.roll_back(layout, generation, progress)
        carried = layout.snapshot(chosen).content
        if not carried.exists():
            return chosen, None
        progress(Sentence("writing the site"))
        with writing(settings.site, then=f"kb rollback {chosen}"), tempfile.TemporaryDirectory() as folder:
            unpack_content(carried, Path(folder))
            return chosen, _write_site(settings, load_library(Path(folder)), has_search_index(settings.site), chosen)


def open_engine(settings: Settings) -> SearchEngine:
    """The engine over the published snapshot.

    Raises:
        SnapshotError: there is no usable index.
        StoreError: the store of the settings does not answer.
        EncoderError: the query encoder cannot be opened.
    """
    snapshot = source_of(settings).open()
    return SearchEngine(snapshot, query_encoder(snapshot, settings), cache_size=settings.query_cache)


def engine_if_built(settings: Settings) -> SearchEngine | None:
    """The engine, or nothing where nothing was built yet."""
    try:
        return open_engine(settings)
    except NoSnapshotError:
        return None
