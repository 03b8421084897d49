"""What the OpenAPI document says of parameters that are checked farther in, so that programs know what is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler, WithJsonSchema

from kb.content.vocabulary import vocabulary
from kb.search.request import FACETS

Question = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "format": "question"})]
"""Text with something to be seen in it, and no control characters. A pattern that says so is a hundred kB of characters for programs
that make requests from the document; the name of a format says it to people."""


@dataclass(frozen=True)
class TermOf:
    """Lists the terms of a filter in the document. `Annotated[list[Annotated[str, TermOf("theme")]], Query(...)]`"""

    facet: str

    def __get_pydantic_json_schema__(self, _: object, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": list(vocabulary()[FACETS[self.facet]])}
