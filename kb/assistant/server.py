"""The tools as a server of the Model Context Protocol."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from kb import __version__
from kb.assistant.tools import TOOLS, Tools
from kb.errors import KnowledgeBaseError

INSTRUCTIONS = """
Good practices of the MIRPS States (Belize, Costa Rica, El Salvador, Guatemala, Honduras, Mexico, Panama) and their Support
Platform for the protection of refugees, asylum-seekers, displaced people and returnees, in Spanish and English.
Every figure has a source: cite it, and give the address of the page. What a practice does not document, do not fill in.
""".strip()


def assistant_server(tools: Tools) -> MCPServer[Any]:
    """A server that offers `tools`; run it over stdio, or mount its HTTP application."""
    server: MCPServer[Any] = MCPServer(
        name="good-practices",
        title="Good practices for protection and solutions",
        instructions=INSTRUCTIONS,
        version=__version__,
    )
    # What is asked would else stand in the log.
    logging.getLogger("mcp").setLevel(logging.WARNING)
    reading = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    for name in TOOLS:
        server.add_tool(_in_sentences(getattr(tools, name)), name=name, annotations=reading)
    return server


def _in_sentences(tool: Callable[..., Any]) -> Callable[..., Any]:
    """A mistake of the caller becomes the sentence that says what to change; the assistant reads it and tries again."""

    @functools.wraps(tool)
    def told(*arguments: Any, **named: Any) -> Any:
        try:
            return tool(*arguments, **named)
        except KnowledgeBaseError as error:
            raise ToolError(str(error)) from None

    return told
