"""Files that are made from our questions and models and kept in the repository: Word templates, schemas, snippets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from kb.content.sections import LANGUAGES
from kb.contribute.schema import MODELS, json_schema, snippets
from kb.contribute.word_template import template


def products() -> dict[str, bytes]:
    """Path below the repository to content. A test compares them with what is kept."""
    words = {lang: template(lang) for lang in LANGUAGES}
    # Those who read the repository find it in docs, those who read the site beside the page for contributors.
    folders = ("docs", "kb/site/assets")
    made = {f"{folder}/template-practice.{lang}.docx": word for folder in folders for lang, word in words.items()}
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
