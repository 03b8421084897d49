"""What those who run the server see: probes, figures that add up over workers, logs of one request."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kb.settings import Settings
from tests.api.serving import Server, start, until


@pytest.fixture(scope="module")
def team(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = start(dataclasses.replace(settings, workers=2), tmp_path_factory.mktemp("team") / "log")
    yield server
    assert server.stop() == 0


def _figure(server: Server, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(server.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


def test_figures_of_all_workers_add_up(team: Server) -> None:
    before = {result: _figure(team, "kb_search_cache_total", result=result) for result in ("hit", "miss")}
    asked = _figure(team, "kb_requests_total", route="/search", status="200")
    stages = _figure(team, "kb_search_seconds_count", stage="all")
    for _ in range(30):
        assert team.get("/api/v1/search", q="one and the same question", page_size=1).status_code == 200
    assert _figure(team, "kb_requests_total", route="/search", status="200") == asked + 30
    missed = _figure(team, "kb_search_cache_total", result="miss") - before["miss"]
    assert 1 <= missed <= 2  # once a worker
    assert _figure(team, "kb_search_seconds_count", stage="all") == stages + missed
    assert _figure(team, "kb_search_cache_total", result="hit") == before["hit"] + 30 - missed


def test_figures_say_what_is_served(server: Server) -> None:
    generation = server.get("/api/v1/health").json()["generation"]
    assert _figure(server, "kb_snapshot_info", generation=generation) == 1
    assert 0 < _figure(server, "kb_snapshot_age_seconds") < 24 * 3600
    assert _figure(server, "kb_snapshot_refused") == 0
    assert _figure(server, "kb_requests_in_progress") == 1  # the one that asks


def test_addresses_that_no_one_knows_make_no_new_figures(server: Server) -> None:
    for number in range(5):
        server.get(f"/nothing-{number}")
        server.get(f"/api/v1/practices/nothing-{number}")
    assert "nothing-" not in server.get("/metrics").text


def test_figures_are_for_those_that_may_read_them(settings: Settings, server: Server, team: Server) -> None:
    assert server.get("/metrics").headers["content-type"].startswith("text/plain")
    # Without a trusted proxy the connection counts, not the header.
    assert team.get("/metrics", headers={"X-Forwarded-For": "203.0.113.1"}).status_code == 200


def test_figures_are_hidden_from_clients_behind_the_proxy(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("hidden") / "log"
    hidden = start(dataclasses.replace(settings, trusted_hops=1), log)
    assert hidden.get("/metrics", headers={"X-Forwarded-For": "203.0.113.1"}).status_code == 404
    assert hidden.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200  # the proxy says so
    given = {"X-Request-ID": "of-the-proxy-1", "X-Forwarded-For": "203.0.113.1"}
    assert hidden.get("/api/v1/health", headers=given).headers["x-request-id"] == "of-the-proxy-1"
    assert hidden.get("/api/v1/health", headers={"X-Request-ID": "<script>"}).headers["x-request-id"] != "<script>"
    assert hidden.stop() == 0
    assert '"request": "of-the-proxy-1"' in log.read_text()


def test_probes_tell_who_works(team: Server) -> None:
    assert team.get("/health/live").json() == {"status": "alive"}
    team.until_workers()
    ready = team.get("/health/ready").json()
    assert ready["status"] == "ready"
    assert ready["refused"] == ""
    assert ready["workers_wanted"] == 2
    assert len(team.workers()) == 2


def test_an_address_writes_neither_lines_nor_orders_nor_much_into_the_log(server: Server) -> None:
    server.get("/forged%0a2026-11-22 GET /admin 200%1b[2J")
    server.get("/long-" + "x" * 40_000)
    until(lambda: "/long-" in server.log.read_text())  # written when the answer is sent
    logged = server.log.read_text()
    assert "/forged%0a2026-11-22%20GET%20/admin%20200%1b[2J 404" in logged
    assert "/long-" + "x" * 294 + "... 404" in logged
    assert "x" * 300 not in logged
