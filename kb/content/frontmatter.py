"""Strict front matter: a YAML mapping between two `---` lines, each value with the line it stands on.

Stricter than YAML on purpose. Dates stay text, `no` stays text, anchors, aliases and tags are refused: a content
file is data that a stranger may send, and Norway must not become false.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from kb.content.letters import UNWANTED, invisible
from kb.content.memory import remembered
from kb.content.problems import Problem
from kb.content.yaml_slips import slip
from kb.sentences import Sentence, template

MAX_BYTES = 64 * 1024
"""The longest page so far has 11 kB. Some Markdown takes time that grows with the square of its length."""
MAX_DEPTH = 6
MAX_HEADINGS = 60
MAX_WORD = 300

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Scalar | list[Value] | dict[str, Value]"
Location: TypeAlias = tuple[str | int, ...]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,9}")
THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}([.,][0-9]{3})+$")
"""A plain value that one State reads as thousands and another as decimals: refused."""
TWO_WAYS = template(
    "%(found)s may be read in two ways; write a number without a mark of thousands, and decimals with a point and other than three digits."
)
_CUT_OFF = re.compile(r"\s+#\S.*")
"""What is meant as text, such as `programme #1`; a remark has a space behind its mark."""
_CONFLICT = re.compile(r"^(<<<<<<< |=======$|>>>>>>> )", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}(?:#{1,6}(?:\s|$)|=+\s*$|-+\s*$)", re.MULTILINE)
_LONG_WORD = re.compile(rf"(?<!\S)(?!\S{{0,9}}https?://)\S{{{MAX_WORD + 1},}}")
_OTHER_ALPHABET = re.compile("[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\uff21-\uff5a]")


@dataclass
class Document:
    """A content file taken apart. `lines` maps a key path such as `("results", 0, "value")` to its line."""

    data: dict[str, Value] = field(default_factory=dict)
    lines: dict[Location, int] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    digest: str = ""
    """SHA-256 of the file's bytes."""
    content: bytes = b""
    """The file as it was read."""

    def line_of(self, location: Location) -> int:
        """The line of a key path, or of its nearest known parent."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


class MalformedError(Exception):
    """A file that cannot be taken apart; `problem` says where and why."""

    def __init__(self, path: str, line: int, key: str, message: Sentence) -> None:
        super().__init__(message)
        self.problem = Problem(path, line, key, message)


def read(file: Path) -> bytes:
    """A file's bytes; of one that is too large only as much as shows that it is."""
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


@remembered(2048)
def parse(path: str, content: bytes) -> Document:
    """Takes a content file apart. Remembered, because a preview reads all content again whenever a file of it changes.

    Raises:
        MalformedError: not UTF-8, too large, no front matter, or YAML that we do not read.
    """
    text = _decode(path, content)
    front, body, body_line = _split(path, text)
    headings = len(_HEADING.findall(body))
    if headings > MAX_HEADINGS:
        message = Sentence("has %(count)s headings and rules; a page has the few headings of its kind.", count=headings)
        raise MalformedError(path, body_line, "body", message)
    document = Document({}, {}, body, body_line, hashlib.sha256(content).hexdigest(), content)
    node = _compose(path, front, 1)
    if not isinstance(node, yaml.MappingNode):
        raise MalformedError(
            path, 2, "front matter", Sentence("must be a list of `key: value` lines, such as `title: ...`.")
        )
    document.data = _mapping(path, node, (), document.lines, 1)
    return document


def parse_yaml(path: str, content: bytes) -> Document:
    """Reads a file that is YAML from its first line, as strictly as front matter; `body` stays empty.

    Raises:
        MalformedError: not UTF-8, too large, or YAML that we do not read.
    """
    document = Document(digest=hashlib.sha256(content).hexdigest(), content=content)
    node = _compose(path, _decode(path, content), 0)
    if not isinstance(node, yaml.MappingNode):
        raise MalformedError(path, 1, "file", Sentence("must be a list of `key: value` lines, such as `title: ...`."))
    document.data = _mapping(path, node, (), document.lines, 0)
    return document


def _decode(path: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        message = Sentence("is larger than %(most)s kB; a page is a few kB of text.", most=MAX_BYTES // 1024)
        raise MalformedError(path, 1, "file", message)
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = Sentence(
            "is not UTF-8 (byte 0x%(byte)s); save it again with the encoding UTF-8.", byte=f"{content[error.start]:02x}"
        )
        raise MalformedError(path, line, "file", message) from None
    text = text.replace("\r\n", "\n")
    if found := UNWANTED.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise MalformedError(path, line, "file", Sentence(INVISIBLE, code=invisible(found.group())))
    if len(marks := list(_CONFLICT.finditer(text))) > 1:
        line = text.count("\n", 0, marks[0].start()) + 1
        message = Sentence(
            "holds the marks of a conflict between two versions (<<<<<<<); keep one of them, and delete the marks."
        )
        raise MalformedError(path, line, "file", message)
    _refuse_odd_words(path, text)
    return text


INVISIBLE = template("holds the invisible character U+%(code)s; delete it and type the text again.")


def _refuse_odd_words(path: str, text: str) -> None:
    """No word that only pretends to be one: letters of another alphabet that look like ours, or no end."""
    if found := _OTHER_ALPHABET.search(text):
        line = text.count("\n", 0, found.start()) + 1
        around = text[max(0, found.start() - 12) : found.end() + 12].split("\n", maxsplit=1)[0]
        name = unicodedata.name(found.group(), "unnamed")
        message = Sentence(
            "%(around)r holds a letter of another alphabet, %(name)s; type it again.", around=around, name=name
        )
        raise MalformedError(path, line, "file", message)
    if found := _LONG_WORD.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = Sentence(
            "%(start)r... goes on for %(count)s characters without a space; write words.",
            start=found.group()[:20],
            count=len(found.group()),
        )
        raise MalformedError(path, line, "file", message)


def _split(path: str, text: str) -> tuple[str, str, int]:
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise MalformedError(path, 1, "front matter", Sentence("must begin with a line `---` at the top of the file."))
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    raise MalformedError(path, 1, "front matter", Sentence("is not closed; put a line `---` between it and the text."))


def _compose(path: str, front: str, above: int) -> yaml.Node | None:
    """The YAML tree; `above` lines of the file stand above it."""
    depth, written = 0, front.split("\n")
    try:
        # Events come one by one, so depth and aliases are refused before anything is built from them.
        for event in yaml.parse(front, Loader=yaml.CSafeLoader):
            line = (event.start_mark.line if event.start_mark else 0) + 1 + above
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise MalformedError(
                    path, line, "front matter", Sentence("uses `&` or `*` (YAML anchors); write the text out.")
                )
            if getattr(event, "tag", None):
                raise MalformedError(
                    path, line, "front matter", Sentence("uses `!` (a YAML tag); put the text in quotes.")
                )
            if isinstance(event, yaml.ScalarEvent) and not event.style:
                _refuse_cut_off(path, event, written, above)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise MalformedError(
                    path, line, "front matter", Sentence("is nested deeper than %(most)s levels.", most=MAX_DEPTH)
                )
        return yaml.compose(front, Loader=yaml.CSafeLoader)
    except yaml.reader.ReaderError as error:
        line = front.count("\n", 0, error.position) + 2
        code = error.character if isinstance(error.character, int) else ord(error.character)
        message = Sentence("holds the character U+%(code)s, which YAML does not know; delete it.", code=f"{code:04X}")
        raise MalformedError(path, line, "front matter", message) from None
    except yaml.MarkedYAMLError as error:
        line, message = slip(error, written)
        raise MalformedError(path, line + 1 + above, "front matter", message) from None


def _refuse_cut_off(path: str, event: yaml.ScalarEvent, written: list[str], above: int) -> None:
    """No text behind a plain value that YAML would take for a remark and its author did not."""
    end = event.end_mark
    if end is None or end.line >= len(written):
        return
    if cut := _CUT_OFF.match(written[end.line][end.column :]):
        message = Sentence(
            "%(rest)r would be left out, for `#` begins a remark; put the text between double quotes.",
            rest=cut.group().strip()[:40],
        )
        raise MalformedError(path, end.line + 1 + above, "front matter", message)


def _mapping(
    path: str, node: yaml.MappingNode, at: Location, lines: dict[Location, int], above: int
) -> dict[str, Value]:
    result: dict[str, Value] = {}
    for number, (key_node, value_node) in enumerate(node.value):
        line = key_node.start_mark.line + 1 + above
        if not isinstance(key_node, yaml.ScalarNode):
            raise MalformedError(path, line, "front matter", Sentence("has a key that is not a word."))
        key = key_node.value
        if node.flow_style and value_node.start_mark.index == key_node.end_mark.index:
            before = node.value[number - 1][1].value if number else ""
            raise MalformedError(path, line, str((*at, key)[0]), _torn_by_comma(before, key))
        if key in result:
            raise MalformedError(path, line, key, Sentence("stands twice; keep one of the two."))
        lines[(*at, key)] = line
        result[key] = _value(path, value_node, (*at, key), lines, above)
    return result


def _torn_by_comma(before: object, key: str) -> Sentence:
    """What to say of a key between braces without a colon: YAML read the rest of a number or a text as the next key."""
    if re.fullmatch(r"-?[0-9.]+", str(before)) and key.isdecimal():
        return Sentence(TWO_WAYS, found=f"{before},{key}")
    return Sentence(
        "%(key)r stands alone, for a comma between braces begins the next key; put the text with its comma between double quotes.",
        key=key,
    )


def _value(path: str, node: yaml.Node, at: Location, lines: dict[Location, int], above: int) -> Value:
    if isinstance(node, yaml.MappingNode):
        return _mapping(path, node, at, lines, above)
    if isinstance(node, yaml.SequenceNode):
        items: list[Value] = []
        for index, item in enumerate(node.value):
            lines[(*at, index)] = item.start_mark.line + 1 + above
            items.append(_value(path, item, (*at, index), lines, above))
        return items
    assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - there is no fourth kind
    if code := invisible(node.value):  # written as an escape, such as "\\u200b"
        raise MalformedError(path, node.start_mark.line + 1 + above, str(at[0]), Sentence(INVISIBLE, code=code))
    if not node.style and THOUSANDS.match(node.value):
        raise MalformedError(path, node.start_mark.line + 1 + above, str(at[0]), Sentence(TWO_WAYS, found=node.value))
    return _scalar(node)


def _scalar(node: yaml.ScalarNode) -> Scalar:
    text = str(node.value)
    if node.style:  # quoted or a block: the author means text
        return text.strip() if node.style in ("|", ">") else text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
