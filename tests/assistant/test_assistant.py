"""What an assistant gets, through the official client, over standard input and over HTTP."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from kb.assistant.tools import TOOLS
from kb.settings import Settings
from tests.api.serving import Server, environment

Conversation = Callable[[Client], Awaitable[None]]


def over_http(server: Server, talk: Conversation) -> None:
    async def session() -> None:
        async with Client(server.address + "/mcp") as client:
            await talk(client)

    anyio.run(session)


async def _called(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


async def _refused(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return str(result.content[0].text)  # type: ignore[union-attr]


async def _whole_conversation(client: Client) -> None:
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == set(TOOLS)
    for tool in tools.values():
        assert tool.description
        assert tool.annotations
        assert tool.annotations.read_only_hint
        assert all("description" in about for about in tool.input_schema["properties"].values() if "enum" not in about)
    found = await _called(client, "search_practices", question="atención psicosocial para niñas desplazadas", limit=3)
    first = found["practices"][0]
    assert len(found["practices"]) == 3
    assert first["lang"] == "es"
    assert first["sources"][0]["title"]
    assert "<" not in first["passage"]
    page = await _called(client, "get_practice", practice_id=first["id"], lang="en")
    assert page["address"] == first["address"].replace("/es/practicas/", "/en/practices/")
    assert page["sections"][0]["heading"] == "The need"
    cited = {result["source"] for result in page["results"] if result["source"]}
    assert cited <= {source["n"] for source in page["sources"]}
    vocabulary = await _called(client, "list_vocabulary", filter="theme", lang="es")
    term = vocabulary["filters"]["theme"][0]
    assert set(term) == {"term", "label", "definition", "practices"}
    filtered = await _called(client, "search_practices", question="salud", theme=["health"], country=["HN", "GT"])
    assert all("health" in one["facets"]["theme"] for one in filtered["practices"])


def test_over_http(server: Server) -> None:
    over_http(server, _whole_conversation)


def test_the_address_of_a_practice_opens_its_page(server: Server) -> None:
    async def talk(client: Client) -> None:
        found = await _called(client, "search_practices", question="permisos de trabajo", limit=2)
        for one in found["practices"]:
            path = httpx.URL(one["address"]).path
            page = server.get(path)
            assert page.status_code == 200
            assert one["title"].split('"')[0] in page.text

    over_http(server, talk)


def test_mistakes_get_a_sentence_that_says_what_to_change(server: Server) -> None:
    async def talk(client: Client) -> None:
        assert "Did you mean 'health'?" in await _refused(client, "search_practices", question="a", theme=["healht"])
        assert "The query is empty" in await _refused(client, "search_practices", question="  ")
        assert "There is no practice 'sv-x'" in await _refused(client, "get_practice", practice_id="sv-x")
        assert "There is no filter 'themes'" in await _refused(client, "list_vocabulary", filter="themes")
        assert "limit" in await _refused(client, "search_practices", question="a", limit=1000)
        assert "Traceback" not in await _refused(client, "get_practice", practice_id="\x00" * 100)

    over_http(server, talk)


def test_over_standard_input(settings: Settings) -> None:
    variables = environment(settings) | {"KB_PUBLIC_URL": "https://practices.example/"}
    command = StdioServerParameters(
        command=sys.executable, args=["-c", "from kb.cli import main; main()", "mcp"], env=variables
    )

    async def session() -> None:
        async with Client(stdio_client(command)) as client:
            await _whole_conversation(client)
            found = await _called(client, "search_practices", question="shelter", lang="en", limit=1)
            assert found["practices"][0]["address"].startswith("https://practices.example/en/practices/")

    anyio.run(session)


def test_the_server_starts_without_what_speaks_the_protocol(server: Server) -> None:
    import subprocess

    script = "import sys, kb.api.app; print('mcp' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"jsonrpc": "2.0"}', b"\xff" * 100, b'{"jsonrpc":"2.0","id":1,"method":"x"}']
)
def test_nonsense_is_refused_without_a_defect(server: Server, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    answer = httpx.post(server.address + "/mcp", content=body, headers=headers, timeout=30)
    assert 200 <= answer.status_code < 500
    assert "Traceback" not in answer.text
