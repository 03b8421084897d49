"""JSON Schema of each kind of front matter, and snippets for VS Code: terms and hover texts in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel

from kb.content.model import Commitment, Event, Practice, Translation
from kb.content.vocabulary import vocabulary

MODELS: dict[str, type[BaseModel]] = {
    "practice": Practice, "commitment": Commitment, "event": Event, "translation": Translation,
}  # fmt: skip


@cache
def key_meanings() -> dict[str, Mapping[str, str]]:
    """Key of the front matter to what it means, per language."""
    raw = yaml.load(files("kb.contribute").joinpath("keys.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return {str(key): meaning for key, meaning in raw.items()}


def json_schema(kind: str) -> dict[str, Any]:
    """The schema of `practice`, `commitment`, `event` or `translation`: what an editor completes and explains."""
    schema: dict[str, Any] = _explained(MODELS[kind].model_json_schema())
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": f"Front matter: {kind}", **schema}


def _explained(part: Any) -> Any:
    """The same schema with the terms of each facet, and with what each key means."""
    if isinstance(part, list):
        return [_explained(one) for one in part]
    if not isinstance(part, dict):
        return part
    ours = ("title", "description", "vocabulary", "properties", "$defs")
    made = {key: _explained(value) for key, value in part.items() if key not in ours}
    for names in ("properties", "$defs"):
        if names in part:
            made[names] = {name: _explained(value) for name, value in part[names].items()}
    for key, value in made.get("properties", {}).items():
        meaning = key_meanings()[key]
        value["description"] = f"{meaning['en']}\n\n{meaning['es']}"
    if "vocabulary" in part:
        terms = vocabulary()[part["vocabulary"]]
        # 10 stands in YAML as a number, "ongoing" as text.
        made = {
            "enum": [int(term) if term.isdigit() else term for term in terms],
            "enumDescriptions": [
                "\n\n".join(f"{entry.label[lang]}. {entry.definition.get(lang, '')}".strip() for lang in ("en", "es"))
                for entry in terms.values()
            ],
        }
    return made


def snippets() -> dict[str, Any]:
    """Snippets of VS Code, which complete in Markdown files without an extension: a key each, with its terms to choose."""
    schema = MODELS["practice"].model_json_schema()
    made = {}
    for key, value in schema["properties"].items():
        meaning = key_meanings()[key]
        facet = value.get("vocabulary") or value.get("items", {}).get("vocabulary")
        gap = f"${{1|{','.join(vocabulary()[facet])}|}}" if facet else "$1"
        made[key] = {
            "scope": "markdown",
            "prefix": key,
            "body": f"{key}: [{gap}]" if value.get("type") == "array" and facet else f"{key}: {gap}",
            "description": f"{meaning['en']} · {meaning['es']}",
        }
    return made
