"""What protects the server, seen from outside: headers, hosts, rates, sizes, times, and what never gets out.

How connections are read is proven in test_connections.py.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import time
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from kb.api.app import create_app
from kb.api.clients import client_address, is_https
from kb.api.rates import SLOTS, RateTable, create_table
from kb.api.service import Service
from kb.settings import Settings
from tests.api.serving import Server, start
from tests.conftest import ROOT


def _statuses(server: Server, count: int, path: str = "/api/v1/health", **headers: str) -> list[int]:
    return [server.get(path, headers=headers).status_code for _ in range(count)]


def test_every_answer_carries_the_headers(guarded: Server) -> None:
    for path in ("/", "/es/buscar/", "/api/v1/health", "/api/v1/nothing", "/nothing", "/health/live", "/mcp"):
        headers = guarded.get(path, headers={"X-Forwarded-For": "203.0.113.1"}).headers
        assert "'unsafe-inline'" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["x-request-id"], path
        assert "server" not in headers, path


def test_a_refusal_carries_the_headers_too(guarded: Server) -> None:
    refused = guarded.get("/api/v1/health", headers={"Host": "evil.example"})
    assert refused.status_code == 400
    assert refused.headers["content-security-policy"]
    assert guarded.get("/health/ready", headers={"Host": "10.0.0.7"}).status_code == 200  # a probe, by address


def test_tls_at_the_proxy_asks_browsers_to_come_back_over_tls(guarded: Server, server: Server) -> None:
    through = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.2"}
    assert guarded.get("/health/live", headers=through).headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in guarded.get("/health/live").headers
    # Without a trusted proxy the header is anyone's claim.
    assert "strict-transport-security" not in server.get("/health/live", headers=through).headers


def test_tls_at_the_proxy_is_kept_by_what_leads_back(guarded: Server) -> None:
    """A redirect or a link to http would send the next question through the net in the clear."""
    through = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.20"}
    assert guarded.get("/es", headers=through).headers["location"].startswith("https://")
    assert guarded.get("/es", headers={"X-Forwarded-For": "203.0.113.20"}).headers["location"].startswith("http://")


def test_other_sites_read_the_api_only_where_the_setting_says_so(guarded: Server, server: Server) -> None:
    def allowed(where: Server, origin: str) -> str | None:
        headers = {"Origin": origin, "X-Forwarded-For": "203.0.113.3"}
        return where.get("/api/v1/health", headers=headers).headers.get("access-control-allow-origin")

    assert allowed(guarded, "https://ally.example") == "https://ally.example"
    assert allowed(guarded, "https://evil.example") is None
    assert allowed(server, "https://ally.example") is None


def test_a_client_that_asks_too_often_is_told_when_to_come_back(guarded: Server) -> None:
    statuses = _statuses(guarded, 25, **{"X-Forwarded-For": "203.0.113.4"})
    assert set(statuses) == {200, 429}
    assert 15 <= statuses.count(200) <= 20  # the burst, and what came back while we asked; two workers, one bucket
    refused = guarded.get("/api/v1/search", headers={"X-Forwarded-For": "203.0.113.4"}, q="x")
    assert refused.headers["content-type"] == "application/problem+json"
    seconds = int(refused.headers["retry-after"])
    assert 1 <= seconds <= 2
    assert refused.json()["detail"] == f"Too many requests from your address; try again in {seconds} s."
    time.sleep(seconds)
    assert _statuses(guarded, 1, **{"X-Forwarded-For": "203.0.113.4"}) == [200]


def test_one_client_does_not_use_up_what_another_has(guarded: Server) -> None:
    _statuses(guarded, 20, **{"X-Forwarded-For": "203.0.113.5"})
    assert _statuses(guarded, 5, **{"X-Forwarded-For": "203.0.113.6"}) == [200] * 5


def test_an_invented_chain_of_proxies_gains_nothing(guarded: Server) -> None:
    statuses = [
        guarded.get("/api/v1/health", headers={"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.7"}).status_code
        for n in range(25)
    ]
    assert 429 in statuses


def test_probes_and_assets_are_not_counted(guarded: Server) -> None:
    assert set(_statuses(guarded, 30, "/health/live", **{"X-Forwarded-For": "203.0.113.8"})) == {200}


def test_a_client_on_this_machine_is_not_limited(server: Server) -> None:
    assert set(_statuses(server, 320, "/api/v1/practices/x")) == {404}


def test_a_large_body_is_refused(guarded: Server) -> None:
    for content in (b"x" * 9000, iter([b"x" * 5000, b"x" * 5000])):
        headers = {"X-Forwarded-For": "203.0.113.9"}
        refused = httpx.post(guarded.address + "/mcp", content=content, headers=headers)  # type: ignore[arg-type]
        assert refused.status_code == 413
        assert refused.json()["detail"] == "The body of the request is larger than 8 kB; send less."


def test_an_address_that_is_too_long_is_refused(guarded: Server) -> None:
    headers = {"X-Forwarded-For": "203.0.113.10"}
    refused = guarded.get("/" + "x" * 50_000, headers=headers)
    assert refused.status_code == 414
    assert refused.json()["detail"] == "The address is longer than 50000 bytes."
    page = guarded.get("/es/buscar/", headers=headers, q="salud", page="9" * 5000)
    assert page.status_code == 422
    assert guarded.get("/es/buscar/", headers=headers, q="x" * 4001).status_code == 422


@pytest.fixture
def service(settings: Settings) -> Service:
    return Service(settings)


def _ask(settings: Settings, service: Service, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(settings, service))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_a_search_that_takes_too_long_is_given_up(
    settings: Settings, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.engine, "look_up", lambda _: time.sleep(3))
    started = time.monotonic()
    response = _ask(dataclasses.replace(settings, request_seconds=1), service, "/api/v1/search?q=salud")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert response.json()["detail"] == "The answer took longer than 1 s; try again with a shorter question."
    assert time.monotonic() - started > 1


def test_more_at_once_than_can_be_answered_is_refused(
    settings: Settings, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.engine, "look_up", lambda _: time.sleep(2))
    monkeypatch.setattr("kb.api.security.AT_ONCE", 3)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_app(dataclasses.replace(settings, request_seconds=1), service))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await asyncio.gather(*(client.get(f"/api/v1/search?q={n}") for n in range(5)))

    details = sorted(response.json()["detail"] for response in asyncio.run(ask()))
    assert details.count("The server is busy; try again in a few seconds.") == 2


def test_a_crowd_is_no_reason_to_start_the_process_again(
    settings: Settings, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.api.security.AT_ONCE", 0)
    assert _ask(settings, service, "/api/v1/health").status_code == 503
    assert _ask(settings, service, "/health/live").status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/search?q=palabra-secreta", "/es/buscar/?q=palabra-secreta"])
def test_a_defect_shows_neither_trace_nor_path_nor_query(
    settings: Settings, service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError(f"palabra-secreta in {ROOT}/kb")

    monkeypatch.setattr(service.engine, "look_up", fail)
    response = _ask(settings, service, path)
    assert response.status_code == 500
    assert response.headers["content-security-policy"]
    assert response.json()["detail"].startswith("Something went wrong on our side; it has been logged as ")
    for secret in ("Traceback", "RuntimeError", str(ROOT), "palabra-secreta", ".py"):
        assert secret not in response.text
    from kb.api.logs import JsonLines

    lines = [JsonLines().format(record) for record in caplog.records]
    told = [json.loads(line) for line in lines if "Unexpected error" in line]
    assert told[0]["error"] == "RuntimeError"
    assert any("metrics.py" in frame for frame in told[0]["where"])
    assert not any("palabra-secreta" in line for line in lines)


HOSTS = st.ip_addresses().map(str)


@bounded(max_examples=200)
@given(
    claimed=st.lists(st.one_of(HOSTS, st.text("abc,. ", max_size=8)), max_size=4), real=HOSTS, hops=st.integers(1, 3)
)
def test_only_what_trusted_proxies_wrote_is_believed(claimed: list[str], real: str, hops: int) -> None:
    """Whatever a client claims, the address is the one that the outermost trusted proxy saw."""
    proxies = [f"10.0.0.{n}" for n in range(1, hops)]
    chain = ", ".join([*claimed, real, *proxies])
    headers = [(b"x-forwarded-for", chain.encode("latin-1"))]
    scope = {"type": "http", "headers": headers, "client": ("10.0.0.9", 1), "scheme": "http"}
    found = ip_address(real)
    expected = getattr(found, "ipv4_mapped", None) or found
    assert client_address(scope, hops) == expected
    assert client_address(scope, 0) == ip_address("10.0.0.9")
    assert not is_https(scope, hops)


@bounded(max_examples=100)
@given(rate=st.integers(1, 1000), gaps=st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_no_client_gets_more_than_its_rate_and_burst(rate: int, gaps: list[float]) -> None:
    table, now, let_through = RateTable(rate), 1000.0, 0
    client = ip_address("203.0.113.1")
    for gap in gaps:
        now += gap
        wait = table.wait(client, now)
        let_through += wait == 0
        assert wait <= 60 / rate + 1e-6
    burst = max(1, rate * 15 // 60)
    assert let_through <= burst + (now - 1000) * rate / 60 + 1


@pytest.mark.parametrize(
    "written", ["203.0.113.1", "203.0.113.1:50123", "[2001:db8::1]:50123", "[2001:db8::1]", "2001:db8::1"]
)
def test_a_proxy_may_write_the_port_too(written: str) -> None:
    """An address that cannot be read has no limit."""
    scope = {"type": "http", "headers": [(b"x-forwarded-for", written.encode())], "client": ("10.0.0.9", 1)}
    assert str(client_address(scope, 1)) in ("203.0.113.1", "2001:db8::1")


def test_a_whole_ipv6_network_is_one_client(tmp_path: Path) -> None:
    create_table(tmp_path / "rates")
    assert (tmp_path / "rates").stat().st_size == 16 + 8 * SLOTS
    one, other = RateTable(4, tmp_path / "rates"), RateTable(4, tmp_path / "rates")
    assert one.wait(ip_address("2001:db8::1"), 10.0) == 0
    assert other.wait(ip_address("2001:db8::ffff"), 10.0) > 0
    assert other.wait(ip_address("2001:db8:0:1::1"), 10.0) == 0


def test_queries_are_logged_only_where_it_is_asked_for(settings: Settings, tmp_path: Path) -> None:
    for log_queries in (False, True):
        log = tmp_path / f"log-{log_queries}"
        server = start(dataclasses.replace(settings, log_queries=log_queries), log)
        for path in ("/api/v1/search", "/es/buscar/"):
            assert server.get(path, q="violencia doméstica").status_code == 200
            assert server.get(path, q="violencia doméstica", theme="doméstica").status_code == 422
        assert server.get("/api/v1/health?" + "&".join(f"a{n}=1" for n in range(300))).status_code == 200
        assert server.stop() == 0
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        searched = [line for line in lines if line.get("path") == "/api/v1/search"]
        assert [line["status"] for line in searched] == [200, 422]
        assert all(len(line["request"]) == 16 and line["ms"] > 0 for line in searched)
        assert ("doméstica" in log.read_text()) is log_queries


def test_the_log_can_be_read_by_a_machine() -> None:
    from kb.api.logs import JsonLines

    record = logging.LogRecord("kb", logging.INFO, "x", 1, 'a "quote"\nand a line %s', ("end",), None)
    assert json.loads(JsonLines().format(record))["message"] == 'a "quote"\nand a line end'
