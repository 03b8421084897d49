"""The examples for nginx and Caddy as they stand, but for names, ports and certificates, in front of a real server."""

from __future__ import annotations

import dataclasses
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kb.settings import Settings
from tests.api.serving import Server, start
from tests.conftest import ROOT

NAME = "practices.example"
RATE = 120


@dataclasses.dataclass
class Proxy:
    """A running proxy: its TLS port, and the port that leads there."""

    port: int
    plain: int
    process: subprocess.Popen[bytes]

    def ask(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None, **more: object
    ) -> httpx.Response:
        with httpx.Client(verify=False, timeout=30) as client:
            extensions = {"sni_hostname": NAME}
            return client.request(
                method, f"https://127.0.0.1:{self.port}{path}", headers={"Host": NAME, **(headers or {})},
                extensions=extensions, **more,  # type: ignore[arg-type]
            )  # fmt: skip


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _changed(text: str, changes: dict[str, str]) -> str:
    """The example with what must differ here; what is replaced must stand in it."""
    for old, new in changes.items():
        text, count = re.subn(old, new, text)
        assert count, f"{old!r} does not stand in the example"
    return text


def _nginx(place: Path, behind: Server, settings: Settings, port: int, plain: int) -> list[str]:
    certificate = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
                   "-keyout", str(place / "privkey.pem"), "-out", str(place / "fullchain.pem"))  # fmt: skip
    subprocess.run(certificate, check=True, capture_output=True)
    server = _changed(
        (ROOT / "deploy/nginx.conf").read_text(),
        {
            "127.0.0.1:8000": behind.address.removeprefix("http://"),
            r"listen 80;\n.*": f"listen 127.0.0.1:{plain};",
            r"listen 443 ssl http2;\n.*": f"listen 127.0.0.1:{port} ssl http2;",
            f"/etc/ssl/{NAME}": str(place),
            "/srv/good-practices/site": str(settings.site),
            "/etc/nginx/good-practices-headers.conf": str(ROOT / "deploy/nginx-headers.conf"),
        },
    )
    around = (
        f"user root;\npid {place}/pid;\nerror_log {place}/log;\nevents {{}}\nhttp {{\ninclude /etc/nginx/mime.types;\n"
    )
    (place / "nginx.conf").write_text(f"{around}{server}\n}}\n")
    return ["nginx", "-p", str(place), "-c", str(place / "nginx.conf"), "-g", "daemon off;"]


def _caddy(place: Path, behind: Server, _: Settings, port: int, plain: int) -> list[str]:
    site = _changed(
        (ROOT / "deploy/Caddyfile").read_text(),
        {
            "127.0.0.1:8000": behind.address.removeprefix("http://"),
            rf"\n{NAME} {{": f"\nhttps://{NAME}:{port} {{\n\ttls internal",
        },
    )
    options = f"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {plain}\n\thttps_port {port}\n}}\n"
    (place / "Caddyfile").write_text(options + site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(place / "Caddyfile")]


PROXIES = {"nginx": _nginx, "caddy": _caddy}


@pytest.fixture(scope="module")
def behind(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server as the unit for systemd starts it."""
    public = dataclasses.replace(
        settings, workers=2, trusted_hops=1, rate=RATE, allowed_hosts=(NAME, "localhost", "127.0.0.1"),
        public_url=f"https://{NAME}",
    )  # fmt: skip
    running = start(public, tmp_path_factory.mktemp("behind") / "log")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, behind: Server, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    name = request.param
    if not shutil.which(name) or not shutil.which("openssl"):
        pytest.skip(f"{name} and openssl are not installed")
    place = tmp_path_factory.mktemp(name)
    port, plain = _port(), _port()
    command = PROXIES[name](place, behind, settings, port, plain)
    environment = {"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": str(place), "XDG_DATA_HOME": str(place)}
    with (place / "output").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    running = Proxy(port, plain, process)
    try:
        _wait(running, place)
        yield running
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0


def _wait(proxy: Proxy, place: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and proxy.process.poll() is None:
        try:
            if proxy.ask("/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise AssertionError((place / "output").read_text())


def test_pages_answers_and_assistants_come_through_with_the_headers(proxy: Proxy) -> None:
    for path, says in (
        ("/es/", "<html"),
        ("/en/practices/", "<html"),
        ("/es/buscar/?q=salud", "<mark"),
        ("/api/v1/search?q=salud&lang=es", '"results"'),
    ):
        answer = proxy.ask(path)
        assert answer.status_code == 200, path
        assert says in answer.text
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert len(answer.headers.get_list("content-security-policy")) == 1
    assert len(proxy.ask("/api/v1/search?q=salud").headers["x-request-id"]) > 16
    called = proxy.ask(
        "/mcp",
        "POST",
        {"Accept": "application/json, text/event-stream"},
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
    )
    assert "draft_agenda" in called.text


def test_figures_and_large_bodies_stay_outside(proxy: Proxy) -> None:
    assert proxy.ask("/metrics").status_code == 404
    if proxy.process.args[0] == "nginx":  # type: ignore[index] # Caddy may cut the connection instead
        assert proxy.ask("/api/v1/agenda", "POST", content=b"x" * 2_000_000).status_code == 413
    redirect = httpx.get(f"http://127.0.0.1:{proxy.plain}/es/", headers={"Host": NAME})
    assert redirect.status_code in (301, 308)
    assert redirect.headers["location"].startswith(f"https://{NAME}")


def test_what_a_client_writes_of_itself_gains_nothing(proxy: Proxy) -> None:
    """Past its burst a reader is told to wait, whatever address it claims to have."""
    # An address of its own, so that the other tests are another client.
    own = httpx.HTTPTransport(verify=False, local_address=f"127.1.{proxy.port // 256}.{proxy.port % 256}")
    refused = []
    with httpx.Client(transport=own, base_url=f"https://127.0.0.1:{proxy.port}", timeout=30) as client:
        for number in range(RATE):
            claimed = {"Host": NAME, "X-Forwarded-For": f"198.51.100.{number}"}
            answer = client.get("/api/v1/facets", headers=claimed, extensions={"sni_hostname": NAME})
            refused += [answer] if answer.status_code == 429 else []
    assert refused
    assert int(refused[0].headers["retry-after"]) >= 1
