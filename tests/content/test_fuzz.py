"""Whatever bytes a stranger sends as a content file: problems in words, safe HTML, and no other exception."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.content.checks import check_library
from kb.content.document import entry_document
from kb.content.frontmatter import MalformedError, parse
from kb.content.library import load_library
from kb.content.markdown import blocks, cited, outline, raw_html_line, render
from tests.content.test_markdown import NASTY, assert_safe
from tests.content.writing import ORIGINAL, PATH, TRANSLATED, TRANSLATION, write

YAML = st.sampled_from(
    ["---\n", ": ", "- ", "&a ", "*a", "!!python/object:os.system ", "? ", "| \n", "> \n", "{", "}", "[", "]", '"', "'", "#", "\t", "\n", "%YAML 9\n",
     "...\n", "<<: ", "title: ", "results:\n", "  - ", "\u0085", "\u2028", "\ufeff", "\x00", "1e999", "-0", "2024-13-99", "!!binary ", "= ", "\\", "@", "`"]
)  # fmt: skip
MARKDOWN = st.sampled_from(
    [*NASTY, "\n\n", "# ", "## The need\n", "- ", "1. ", "> ", "```", "~~~x\n", "    ", "|a|\n|-|\n", "[1]", "[", "](", "<", "&#0;", "&colon;", "\\", "**", "`"]
)  # fmt: skip
FRAGMENTS = st.lists(st.one_of(YAML, MARKDOWN, st.text(max_size=20)), max_size=25).map("".join)


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=400), FRAGMENTS.map(str.encode), FRAGMENTS.map(lambda text: f"---\n{text}\n---\n".encode())
    )
)
@example("---\ntitle: a\u0080b\n---\n".encode())
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    try:
        parse("practices/sv/x.en.md", content)
    except MalformedError as error:
        problem = error.problem
    else:
        return
    assert problem.message
    assert 1 <= problem.line <= content.count(b"\n") + content.count(b"\r") + 2


@settings(max_examples=300)
@given(FRAGMENTS)
@example("[x](https://example.org)<javascript:alert(1)>")
def test_any_markdown_becomes_html_that_the_list_knows(text: str) -> None:
    assert_safe(render(text))
    for block in blocks(text):
        cited(block.text)
    outline(text)
    raw_html_line(text)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> bytes:
    """A valid file in which something was cut, doubled or put in: near enough to valid to get far."""
    raw = text.encode()
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 60)))
        inserted = draw(st.one_of(FRAGMENTS.map(str.encode), st.binary(max_size=8), st.just(raw[start:end] * 2)))
        raw = raw[:start] + inserted + raw[end:]
    return raw


@settings(max_examples=60)
@given(original=damaged(ORIGINAL), translation=damaged(TRANSLATION.format(fingerprint="0" * 16)))
def test_a_damaged_practice_gives_problems_or_a_safe_page(original: bytes, translation: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), PATH, original)
        write(Path(folder), TRANSLATED, translation)
        library = load_library(Path(folder))
        for problem in check_library(library):
            assert "Traceback" not in str(problem)
            assert folder not in str(problem)
        for entry in library.entries.values():
            for page in entry_document(entry)["pages"].values():
                for section in page["sections"]:
                    assert_safe(section["html"])
