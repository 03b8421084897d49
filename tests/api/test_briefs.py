"""Briefs over HTTP."""

from __future__ import annotations

import io

import docx
import pytest

from kb.word import DOCX
from tests.api.serving import Server


@pytest.mark.parametrize(
    ("path", "name", "words"),
    [
        (
            "/en/practices/sv-a-tu-lado-support-spaces/brief.docx",
            "sv-a-tu-lado-support-spaces-brief.docx",
            "Whom to ask",
        ),
        ("/es/practicas/sv-a-tu-lado-support-spaces/ficha.docx", "sv-a-tu-lado-support-spaces-ficha.docx", "A quién"),
    ],
)
def test_a_brief_is_made_when_it_is_asked_for(server: Server, path: str, name: str, words: str) -> None:
    response = server.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == DOCX
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(response.content)).paragraphs)
    assert words in text
    # The server makes it from the snapshot, and it says the same as the page: every figure, with its source.
    assert "1,140" in text
    assert "[4]" in text


@pytest.mark.parametrize(
    "path", ["/en/practices/sv-nothing/brief.docx", "/es/practicas/commit-gt-labour-inclusion/ficha.docx"]
)
def test_there_is_no_brief_of_what_is_no_practice(server: Server, path: str) -> None:
    response = server.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
