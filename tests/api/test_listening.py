"""Where the server listens, and what it says where it cannot."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from kb.api.listening import listening
from kb.settings import Settings
from tests.api.serving import command, environment, start

FORBIDDEN = 80
_NO_RIGHT = ("setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service")


def refusal(settings: Settings, *before: str) -> tuple[int, str]:
    """How a server ends that cannot listen, and all that it says."""
    ended = subprocess.run(
        [*before, *command()], env=environment(settings), capture_output=True, text=True, timeout=120, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_that_is_taken_is_said_in_one_sentence(settings: Settings, workers: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = refusal(dataclasses.replace(settings, workers=workers, port=port))
    sentence = "is taken; stop the program that listens there, or choose another with KB_PORT."
    assert told == (1, f"kb: Port {port} of 127.0.0.1 {sentence}\n")


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.9", "a..b"])
def test_a_host_that_is_not_here_is_said_in_one_sentence(settings: Settings, workers: int, host: str) -> None:
    sentence = "is no address of this machine; set KB_HOST to one, such as 127.0.0.1, or to 0.0.0.0 for all."
    assert refusal(dataclasses.replace(settings, workers=workers, host=host, port=0)) == (1, f"kb: {host} {sentence}\n")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_that_is_forbidden_is_said_in_one_sentence(settings: Settings, workers: int) -> None:
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= FORBIDDEN:
        pytest.skip("this system lets everyone listen at every port")
    before = () if os.geteuid() else _NO_RIGHT
    if before and not shutil.which(before[0]):
        pytest.skip("root may listen at every port, and there is no setpriv to give that up")
    sentence = "choose one from 1024 on with KB_PORT, and put a proxy in front."
    told = refusal(dataclasses.replace(settings, workers=workers, port=FORBIDDEN), *before)
    assert told == (1, f"kb: You may not listen on port {FORBIDDEN}; {sentence}\n")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_name_is_listened_at_with_all_its_addresses(settings: Settings, tmp_path: Path, workers: int) -> None:
    named = dataclasses.replace(settings, host="localhost", workers=workers, allowed_hosts=("localhost", "*"))
    server = start(named, tmp_path / "log")
    addresses = {entry[4][0] for entry in socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)}
    for address in addresses:
        shown = f"[{address}]" if ":" in address else address
        if f"http://{shown}:{server.port}" in server.log.read_text():  # not every machine has IPv6
            assert httpx.get(f"http://{shown}:{server.port}/health/live").status_code == 200
    assert server.stop() == 0


def test_workers_send_at_once() -> None:
    """Else each answer on a connection that is kept would take 40 ms longer (Nagle's algorithm and delayed acknowledgements)."""
    with listening("127.0.0.1", 0, 10) as (shared,), socket.create_connection(shared.getsockname()):
        accepted, _ = shared.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
