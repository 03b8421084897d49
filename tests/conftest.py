"""Fixtures that all tests share. The real content is built once a session, with the real model."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from kb.content.library import Library, load_library
from kb.index.locking import alone
from kb.pipeline import Report, build, open_engine
from kb.search.engine import SearchEngine
from kb.settings import Settings, load_settings
from tests.api.serving import Server, start

# A slow machine is no error: the first text that Hypothesis makes in a fresh checkout takes it seconds.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")

ROOT = Path(__file__).parent.parent
CONTENT = ROOT / "content"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def _no_hub() -> None:
    """Nothing in the suite may reach for a model hub."""
    os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session", autouse=True)
def _english() -> None:
    """What `kb` says is English in tests, whatever the terminal's language is."""
    os.environ["KB_LANG"] = "en"


@pytest.fixture(scope="session")
def library() -> Library:
    """The real content."""
    return load_library(CONTENT)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Report]:
    """The real content, built in a place of its own. Embeddings are kept between runs in the project's cache."""
    place = tmp_path_factory.mktemp("built")
    cache = os.environ.get("KB_CACHE", str(ROOT / ".cache"))
    settings = load_settings({}, content=CONTENT, index=place / "index", site=place / "site", cache=cache)
    settings.cache.mkdir(parents=True, exist_ok=True)
    # Tests run side by side: one process encodes, the other finds it kept.
    with alone(settings.cache / ".tests-lock", lambda _: None):
        return settings, build(settings)


@pytest.fixture(scope="session")
def settings(built: tuple[Settings, Report]) -> Settings:
    return built[0]


@pytest.fixture(scope="session")
def engine(settings: Settings) -> SearchEngine:
    """The engine over the real content."""
    return open_engine(settings)


@pytest.fixture(scope="session")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`kb serve` on the real content, for the whole session."""
    running = start(settings, tmp_path_factory.mktemp("server") / "log")
    yield running
    assert running.stop() == 0, running.log.read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One real Chromium for a file of tests. Not for all: while it runs, this thread has an event loop that others may not."""
    assert CHROMIUM, "Chromium is needed: install your system's package `chromium`, or set CHROMIUM to its path"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()
