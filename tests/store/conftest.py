"""A real PostgreSQL with the real content in it, and small snapshots to publish."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from kb.index.layout import Layout
from kb.index.snapshot import Snapshot, open_snapshot
from kb.pipeline import build
from kb.search.engine import SearchEngine
from kb.settings import Settings, load_settings
from kb.store.push import push
from kb.store.source import Database
from tests.content.writing import PATH, changed, write
from tests.store.servers import Postgres, address


@pytest.fixture(scope="package")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture(scope="package")
def stored(
    postgres: Postgres, engine: SearchEngine, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings that serve the real content from the store."""
    push(address(postgres), engine.snapshot)
    cache = tmp_path_factory.mktemp("fetched")
    for kept in settings.cache.iterdir():
        if not kept.name.startswith(("embeddings", "store")):
            (cache / kept.name).symlink_to(kept.resolve())
    return replace(settings, store=address(postgres), cache=cache)


@pytest.fixture(scope="package")
def stored_engine(stored: Settings, engine: SearchEngine) -> Iterator[SearchEngine]:
    with closing(Database(stored)) as source:
        yield SearchEngine(source.open(), engine.encoder, cache_size=0)


@pytest.fixture(scope="package")
def small(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> list[Snapshot]:
    """Four snapshots of one practice, each with another title."""
    place = tmp_path_factory.mktemp("small")
    own = load_settings({}, content=place / "content", site=place / "site", cache=settings.cache)
    found = []
    for number in range(4):
        write(own.content, PATH, changed("Drop-in legal desk", f"Legal desk {number}"))
        one = replace(own, index=place / f"index-{number}")
        build(one)
        found.append(open_snapshot(Layout(one.index)))
    return found
