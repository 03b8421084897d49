"""Markdown of strangers becomes HTML that an allow-list knows, and sections that keep their lines."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.markdown import blocks, cited, render, sections, without_citations

ALLOWED = {
    "p", "a", "em", "strong", "ul", "ol", "li", "code", "pre", "blockquote", "hr", "br", "sup",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(html)
    return parser.found


def assert_safe(html: str) -> None:
    for tag, attributes in tags(html):
        assert tag in ALLOWED, html
        assert set(attributes) <= {"href", "title", "class", "start"}, html
        assert re.fullmatch(r"(https?://.*|#source-\d+)", attributes.get("href") or "#source-1", re.I | re.S), html
        assert re.fullmatch(r"(cite|left|center|right)?", attributes.get("class") or ""), html


NASTY = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>)",
    "![x](https://example.org/a.png)",
    '<img src=x onerror="alert(1)">',
    '[x](https://example.org "title\\" onclick=alert(1)")',
    "<https://example.org/<script>>",
    "[1](javascript:alert(1))",
    "`<b>`",
    "[^1]: <i>",
    "| a |\n|:-:|\n| <b> |",
    "```\x1f onclick=x\ncode\n```",
]


def test_nothing_nasty_gets_through() -> None:
    for text in NASTY:
        assert_safe(render(text))


@settings(max_examples=300)
@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from([*NASTY, "\n\n", "# ", "- ", "[1]", "> ", "](", "<"]))))
def test_whatever_is_written_the_html_is_safe(parts: list[str]) -> None:
    assert_safe(render("".join(parts)))


def test_a_mark_links_to_its_sources() -> None:
    html = render("It opened in 2022 [1, 3].")
    assert 'href="#source-1">1</a>, <a href="#source-3">3</a>' in html


def test_a_mark_may_stand_on_two_lines() -> None:
    html = render("It opened in 2022 [1,\n3].")
    assert 'href="#source-1">1</a>, <a href="#source-3">3</a>' in html
    assert [cited(block.text) for block in blocks("It opened in 2022 [1,\n3].")] == [{1, 3}]


def test_marks_are_read_and_taken_out() -> None:
    text = "It opened in 2022 [1, 3], and closed [2]."
    assert cited(text) == {1, 2, 3}
    assert without_citations(text) == "It opened in 2022, and closed."


def test_sections_keep_their_key_and_line() -> None:
    body = "## The need\n\nPeople walk [1].\n\n## Results\n\n- one\n- two\n"
    need, results = sections(body, {"need": "The need", "results": "Results"}, first_line=10)
    assert (need.key, need.line, need.text) == ("need", 10, "People walk.")
    assert [(block.text, block.line) for block in results.blocks] == [("one", 16), ("two", 17)]


def test_a_table_gives_its_cells() -> None:
    assert [block.text for block in blocks("| a | b |\n|---|---|\n| 1 | 2 |")] == ["a", "b", "1", "2"]
