"""The tools as a server of the Model Context Protocol."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import BaseModel, ValidationError

from kb import __version__
from kb.assistant.learning import LearningTools
from kb.assistant.tools import PracticeTools, Search
from kb.content.findings import findings
from kb.errors import KnowledgeBaseError
from kb.search.engine import SearchEngine

INSTRUCTIONS = """
Good practices of the MIRPS States (Belize, Costa Rica, El Salvador, Guatemala, Honduras, Mexico, Panama) and their Support
Platform for the protection of refugees, asylum-seekers, displaced people and returnees, in Spanish and English.
Every figure has a source: cite it, and give the address of the page. What a practice does not document, do not fill in.
""".strip()


def assistant_server(
    engine: Callable[[], SearchEngine], address: str, search: Search = SearchEngine.search
) -> MCPServer[Any]:
    """A server that offers every tool; run it over stdio, or mount its HTTP application.

    Args:
        engine: gives the engine that is served at the moment.
        address: where readers open the site, without a slash at the end.
        search: how the engine is asked; a server counts its searches here.
    """
    server = _Server(
        name="good-practices",
        title="Good practices for protection and solutions",
        instructions=INSTRUCTIONS,
        version=__version__,
    )
    # What is asked would else stand in the log.
    logging.getLogger("mcp").setLevel(logging.WARNING)
    reading = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    practices, learning = PracticeTools(engine, address, search), LearningTools(engine, address)
    for tool in (
        practices.search_practices, practices.get_practice, practices.list_vocabulary,
        learning.list_commitments, learning.match_commitment, learning.draft_agenda,
    ):  # fmt: skip
        server.add_tool(_in_sentences(tool), annotations=reading)
    return server


class _Server(MCPServer[Any]):
    """Says in our words which argument of a call is wrong."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            found = findings(error.__cause__, BaseModel)
            raise ToolError("\n".join(f"{one.key}: {one.message}" for one in found)) from None


def _in_sentences(tool: Callable[..., Any]) -> Callable[..., Any]:
    """A mistake of the caller becomes the sentence that says what to change; the assistant reads it and tries again."""

    @functools.wraps(tool)
    def told(*arguments: Any, **named: Any) -> Any:
        try:
            return tool(*arguments, **named)
        except KnowledgeBaseError as error:
            raise ToolError(str(error)) from None

    return told
