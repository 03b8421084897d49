"""Files that are made from our questions and models and kept in the repository: Word templates, schemas, snippets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from kb.contribute.schema import MODELS, json_schema, snippets
from kb.contribute.word_template import template


def products() -> dict[str, bytes]:
    """Path below the repository to content. A test compares them with what is kept."""
    made = {f"docs/template-practice.{lang}.docx": template(lang) for lang in ("en", "es")}
    made |= {f"docs/schema/{kind}.schema.json": _json(json_schema(kind)) for kind in MODELS}
    made[".vscode/good-practices.code-snippets"] = _json(snippets())
    return made


def write_products(root: Path) -> Iterator[Path]:
    """Writes them below `root`; yields each path."""
    for path, content in products().items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        yield file


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
