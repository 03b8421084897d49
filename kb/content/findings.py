"""What a model finds wrong with data that someone wrote, in our words: where, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kb.content.problems import did_you_mean


@dataclass(frozen=True)
class Finding:
    """One error. `key` counts list items from 1, as people do: `results.2.value`."""

    location: tuple[str | int, ...]
    key: str
    message: str


def findings(
    error: ValidationError, model: type[BaseModel], nested: Mapping[str, type[BaseModel]] | None = None
) -> Iterator[Finding]:
    """The errors that Pydantic found.

    Args:
        error: what validation raised.
        model: the model that was validated.
        nested: key of the model to the model of what stands below it, for naming the keys allowed there.
    """
    for detail in error.errors(include_url=False):
        location = tuple(detail["loc"])
        key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in location) or "file"
        parents = [part for part in location[:-1] if isinstance(part, str)]
        below = (nested or {}).get(parents[-1]) if parents else model
        yield Finding(location, key, _sentence(str(detail["type"]), detail, list((below or model).model_fields)))


def _sentence(kind: str, detail: ErrorDetails, allowed: list[str]) -> str:
    """Pydantic's finding in our words."""
    context = detail.get("ctx", {})
    found = detail.get("input")
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    types = {
        "string_type": "must be text; put it between double quotes",
        "int_type": "must be a whole number",
        "float_type": "must be a number, with a point before decimals and no thousands mark",
        "list_type": "must be a list, one `- item` a line",
        "bool_type": "must be true or false",
        "model_type": "must be a list of `key: value` lines",
        "model_attributes_type": "must be a list of `key: value` lines",
    }
    if "sentence" in context:
        return str(context["sentence"])
    if kind == "extra_forbidden":
        return f"is not a key of this file.{did_you_mean(name, allowed)} Allowed: {', '.join(allowed)}."
    if kind == "missing":
        return (
            "is missing; every figure and statement names its source by number." if name == "source" else "is missing."
        )
    if kind in types:
        return f"{types[kind]}, not {found!r}."
    if kind == "literal_error":
        return f"{found!r} is not allowed.{did_you_mean(str(found), _options(context))} Allowed: {context['expected']}."
    if kind in ("too_short", "too_long"):
        limit = f"at least {context['min_length']}" if kind == "too_short" else f"at most {context['max_length']}"
        return f"has {context['actual_length']} items; {limit} are needed."
    if kind == "string_too_short":
        return "is empty."
    if kind == "string_too_long":
        return f"is longer than {context['max_length']} characters."
    return f"{detail['msg']}, not {found!r}."


def _options(context: dict[str, object]) -> list[str]:
    return re.findall(r"'([^']+)'", str(context["expected"]))
