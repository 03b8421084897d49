"""What an assistant gets, through the official client, over standard input and over HTTP."""

from __future__ import annotations

import html
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from kb.settings import Settings
from tests.api.serving import Server, environment
from tests.learning.conftest import wishes

TOOLS = {
    "search_practices", "get_practice", "list_vocabulary", "list_commitments", "match_commitment", "draft_agenda",
}  # fmt: skip
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
    assert set(tools) == TOOLS
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
    await _from_a_promise_to_an_agenda(client)


async def _from_a_promise_to_an_agenda(client: Client) -> None:
    """What an organiser would have an assistant do: what does Honduras need, who answers it, and who sits where when."""
    promised = await _called(client, "list_commitments", country=["HN"], theme=["mental-health"])
    commitment = promised["commitments"][0]
    assert {"HN"} <= set(commitment["countries"])
    assert commitment["sources"][0]["url"]
    matched = await _called(client, "match_commitment", commitment_id=commitment["id"], limit=3)
    assert matched["commitment"] == commitment
    assert len(matched["practices"]) == 3
    for one in matched["practices"]:
        assert one["countries"] != ["HN"]
        assert one["address"].endswith(f"/es/practicas/{one['id']}/")
        assert one["reason"]
        assert one["sources"]
        assert "<" not in one["passage"]
    wanted = [one["id"] for one in matched["practices"]]
    request = wishes(practices={"wanted": wanted, "count": 5, "fair_share": 5})
    for lang, opening in (("es", "Apertura"), ("en", "Opening")):
        agenda = await _called(client, "draft_agenda", request=request, lang=lang)
        assert agenda["blocks"][0]["title"] == opening
        assert agenda["blocks"][0]["start"] == "2027-03-02T08:30:00-06:00"
        shown = {one["id"]: one for one in agenda["practices"]}
        assert set(wanted) <= set(shown)
        assert {name for block in agenda["blocks"] for name in block["practices"]} == set(shown)
        assert all(one["sources"] and one["questions"] and f"/{lang}/pr" in one["address"] for one in shown.values())


def test_over_http(server: Server) -> None:
    over_http(server, _whole_conversation)


def test_the_address_of_a_practice_opens_its_page(server: Server) -> None:
    async def talk(client: Client) -> None:
        found = await _called(client, "search_practices", question="permisos de trabajo", limit=2)
        promised = await _called(client, "list_commitments", country=["GT"], lang="en")
        agenda = await _called(client, "draft_agenda", request=wishes())
        for one in (*found["practices"], *promised["commitments"], *agenda["practices"]):
            page = server.get(httpx.URL(one["address"]).path)
            assert page.status_code == 200
            assert one["title"].split('"')[0] in html.unescape(page.text)
        assert server.get(httpx.URL(agenda["form"]).path).status_code == 200

    over_http(server, talk)


def test_mistakes_get_a_sentence_that_says_what_to_change(server: Server) -> None:
    async def talk(client: Client) -> None:
        assert "Did you mean 'health'?" in await _refused(client, "search_practices", question="a", theme=["healht"])
        assert "The query is empty" in await _refused(client, "search_practices", question="  ")
        assert "There is no practice 'sv-x'" in await _refused(client, "get_practice", practice_id="sv-x")
        assert "There is no filter 'themes'" in await _refused(client, "list_vocabulary", filter="themes")
        wrong = await _refused(client, "search_practices", question="a", limit=1000)
        assert wrong == "limit: must be 20 or less, not 1000."
        assert await _refused(client, "match_commitment") == "commitment_id: is missing."
        assert "There is no commitment 'hn'" in await _refused(client, "match_commitment", commitment_id="hn")
        assert "is no term of the filter country" in await _refused(client, "list_commitments", country=["XX"])
        assert "Traceback" not in await _refused(client, "get_practice", practice_id="\x00" * 100)

    over_http(server, talk)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({}, "delegations: is missing."),
        ([1], "The request must be an object with keys such as title, change and days."),
        (wishes(hots="CR"), "hots: is not a key of this file. Did you mean 'host'?"),
        (wishes(days=[{"date": "2 March", "start": "08:30", "end": "17:00"}]), "days.1.date: '2 March' is not a day"),
        (wishes(practices={"wanted": ["sv-x"]}), "No practice has the name 'sv-x';"),
        (wishes(days=[{"date": "2027-03-02", "start": "08:30", "end": "09:00"}]), "lengthen the day"),
        (wishes(title="x" * 70_000), "The request is larger than 64 kB; a request is a few kB of text."),
    ],
)
def test_a_request_that_no_agenda_can_be_made_of_gets_the_sentences_of_the_api(
    server: Server, request_: object, sentence: str
) -> None:
    async def talk(client: Client) -> None:
        assert sentence in await _refused(client, "draft_agenda", request=request_)

    over_http(server, talk)
    answer = httpx.post(server.address + "/api/v1/agenda", json=request_)
    assert sentence in answer.json()["detail"]


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
