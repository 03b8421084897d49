"""Markdown of strangers to safe HTML, and to the sections that are searched.

CommonMark with tables. Raw HTML is text, pictures are not loaded, links lead only to web addresses. A mark such as
`[2]` or `[1, 3]` cites sources by number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from kb.content.memory import remembered

CITATION = re.compile(r"\[(\d{1,2}(?:,\s?\d{1,2})*)\]")
MISCITED = re.compile(
    r"(?!" + CITATION.pattern + r")\[\s*\d{1,2}(?:\s*(?:[-–—;,/&.]|y|e|a|al|and|to)\s*\d{1,2})*"
    r"(?:[,;]?\s*(?:pp?|págs?|párrs?|paras?|arts?)\.?\s*\d+(?:\s*[-–]\s*\d+)?)?[\s,;.]*\](?!\()"
)
"""Brackets that are meant as a citation and are none, such as `[1-2]`, `[1 y 2]` and `[1, p. 4]`."""
FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,30}\]")
"""The mark of a note in other kinds of Markdown; in ours it is plain text."""
_CITED = re.compile(r"\s*" + CITATION.pattern)
_LINK = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """A paragraph, list item, heading or table cell: its plain text with marks, and its first line in the file."""

    text: str
    line: int


@dataclass(frozen=True)
class Section:
    """What stands below one `## ` heading. `key` names it independent of language (`need`, `results`)."""

    key: str
    heading: str
    markdown: str
    line: int
    blocks: tuple[Block, ...]

    @cached_property
    def text(self) -> str:
        """Plain text without citation marks, one block a line."""
        return "\n".join(without_citations(block.text) for block in self.blocks)


def without_citations(text: str) -> str:
    """The text as it is read aloud."""
    return _CITED.sub("", text) if "[" in text else text


def cited(text: str) -> set[int]:
    """Numbers of the sources that a text cites."""
    return {int(number) for mark in CITATION.findall(text) for number in mark.split(",")}


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
    parser.validateLink = lambda url: bool(_LINK.match(url))  # type: ignore[method-assign]
    parser.inline.ruler.before("link", "citation", _citation_rule)
    parser.inline.ruler.before("link", "footnote", _footnote_rule)
    parser.add_render_rule("citation", _render_citation)
    parser.core.ruler.push("classes", _classes_rule)
    return parser


def _citation_rule(state: StateInline, silent: bool) -> bool:
    found = CITATION.match(state.src, state.pos, state.posMax)
    if not found or state.src[found.end() : found.end() + 1] == "(":
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = found.group(1)
    state.pos = found.end()
    return True


def _footnote_rule(state: StateInline, silent: bool) -> bool:
    """Leaves the mark as it stands, where the text of its note would make it a link."""
    found = FOOTNOTE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.pending += found.group()
    state.pos = found.end()
    return True


def _classes_rule(state: StateCore) -> None:
    """Says the alignment of a column with a class, for the pages' policy allows no style attribute; and lets no word of a
    stranger become a class, as the language of a code block would."""
    for token in state.tokens:
        token.info = ""
        style = token.attrs.pop("style", "")
        if style:
            token.attrs["class"] = str(style).rpartition(":")[2]


def _render_citation(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    numbers = re.split(r",\s?", tokens[index].content)
    links = ", ".join(f'<a href="#source-{int(number)}">{int(number)}</a>' for number in numbers)
    return f'<sup class="cite">[{links}]</sup>'


@remembered(16384)
def render(markdown: str) -> str:
    """Safe HTML. Remembered, because the API and the site show the same text."""
    html: str = _parser().render(markdown)
    return html


def blocks(markdown: str, first_line: int = 1) -> Iterator[Block]:
    """The text of each paragraph, list item, heading and cell, in reading order."""
    for token in _parser().parse(markdown):
        if token.type == "inline":
            yield Block(_plain(token.children or []), first_line + (token.map[0] if token.map else 0))
        elif token.type in ("fence", "code_block"):
            yield Block(token.content, first_line + (token.map[0] if token.map else 0))


def _plain(children: Sequence[Token]) -> str:
    parts = []
    for child in children:
        if child.type == "citation":
            parts.append(f" [{child.content}]")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        else:
            parts.append(child.content)
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def raw_html_line(markdown: str) -> int | None:
    """Line (from 0) of the first raw HTML, which we would show as text and its author does not expect."""
    if "<" not in markdown:
        return None
    parser = MarkdownIt("commonmark", {"html": True})
    for token in parser.parse(markdown):
        inner = token.children or []
        if token.type == "html_block" or any(child.type == "html_inline" for child in inner):
            return token.map[0] if token.map else 0
    return None


@dataclass(frozen=True)
class Unshown:
    """A picture, or a link that leads to no web address: a page shows it as text. `line` counts from 0."""

    kind: Literal["picture", "link"]
    target: str
    line: int


@cache
def _link_parser() -> MarkdownIt:
    """Sees links as their author meant them, wherever they lead. Nothing is made of what it finds."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.inline.ruler.before("link", "citation", _citation_rule)
    parser.inline.ruler.before("link", "footnote", _footnote_rule)
    return parser


_MAY_LINK = re.compile(r"\][(:\[]|<")


@remembered(4096)
def unshown(markdown: str) -> tuple[Unshown, ...]:
    """Pictures and links that a page does not have."""
    if not _MAY_LINK.search(markdown):
        return ()
    found: list[Unshown] = []
    for token in _link_parser().parse(markdown):
        line, before = token.map[0] if token.map else 0, ""
        for child in token.children or []:
            line += child.type in ("softbreak", "hardbreak")
            target = str(child.attrs.get("href", ""))
            # What else is a picture than a link behind this sign?
            if child.type == "link_open" and before.endswith("!"):
                found.append(Unshown("picture", target, line))
            elif child.type == "link_open" and not _LINK.match(target):
                found.append(Unshown("link", target, line))
            before = child.content
    return tuple(found)


@cache
def _block_parser() -> MarkdownIt:
    """Sees where blocks begin and end, and leaves their text alone: all that an outline needs."""
    parser = MarkdownIt("commonmark", {"html": False})
    parser.core.ruler.disable("inline")
    return parser


@remembered(4096)
def outline(markdown: str) -> tuple[tuple[int, str, int], ...]:
    """Headings as (level, text, line from 0)."""
    tokens = _block_parser().parse(markdown)
    return tuple(
        (int(token.tag[1]), tokens[index + 1].content.strip(), token.map[0] if token.map else 0)
        for index, token in enumerate(tokens)
        if token.type == "heading_open"
    )


def sections(markdown: str, headings: dict[str, str], first_line: int = 1) -> tuple[Section, ...]:
    """Cuts a body at its `## ` headings. Sections whose heading is not in `headings` (key to heading) are left out."""
    return _sections(markdown, tuple(headings.items()), first_line)


@remembered(2048)
def _sections(markdown: str, headings: tuple[tuple[str, str], ...], first_line: int) -> tuple[Section, ...]:
    """Remembered, because a preview reads all content again whenever a file of it changes."""
    lines = markdown.split("\n")
    keys = {heading: key for key, heading in headings}
    starts = [(line, text) for level, text, line in outline(markdown) if level <= 2]
    ends = [*(line for line, _ in starts[1:]), len(lines)][: len(starts)]
    inside = list(blocks(markdown, first_line))
    found = []
    for (line, text), end in zip(starts, ends, strict=True):
        if text in keys:
            own = tuple(block for block in inside if first_line + line < block.line < first_line + end)
            content = "\n".join(lines[line + 1 : end]).strip("\n")
            found.append(Section(keys[text], text, content, first_line + line, own))
    return tuple(found)
