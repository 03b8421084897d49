"""A server with narrow limits, for the tests of what protects it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from kb.settings import Settings
from tests.api.serving import Server, start


@pytest.fixture(scope="package")
def guarded(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server behind one trusted proxy, with two workers that share the limits: 60 requests a minute, so 15 at once."""
    strict = dataclasses.replace(
        settings, trusted_hops=1, rate=60, workers=2, body_kb=8, request_seconds=2, cors_origins=("https://ally.example",)
    )  # fmt: skip
    server = start(strict, tmp_path_factory.mktemp("guarded") / "log")
    yield server
    assert server.stop() == 0
