"""Content files as text: front matter that reads well and reads back the same, then the headings of its kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from kb.content.frontmatter import THOUSANDS
from kb.content.sections import UNDOCUMENTED, headings

_NAME_WORDS = 7
_ASIDE = frozenset("a al con de del e el en for in la las los of on para por the to un una with y and".split())


class Row(dict[str, Any]):
    """A mapping that stands on one line: `{label: ..., value: 12}`."""


class Terms(list[Any]):
    """A list that stands on one line: `[refugees, returnees]`."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - its signature
        """Lists are indented below their key, as in all our files."""
        super().increase_indent(flow, False)


# What reads as a number to PyYAML is quoted when it is text; ours refuses a few things more.
_Dumper.add_implicit_resolver("!thousands", THOUSANDS, list("-123456789"))
_Dumper.add_representer(
    Row, lambda dumper, row: dumper.represent_mapping("tag:yaml.org,2002:map", row, flow_style=True)
)
_Dumper.add_representer(Terms, lambda dumper, terms: dumper.represent_sequence("tag:yaml.org,2002:seq", terms, True))


def front_matter(data: Mapping[str, Any], comments: Mapping[str, Sequence[str]] | None = None) -> str:
    """The front matter between its `---` lines; `comments` go above their key, a line each."""
    lines = ["---"]
    for key, value in data.items():
        lines += [f"# {comment}" for comment in (comments or {}).get(key, ())]
        dumped = yaml.dump({key: value}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
        lines.append(dumped.rstrip("\n"))
    return "\n".join([*lines, "---", ""])


def body(kind: str, lang: str, sections: Mapping[str, str]) -> str:
    """All headings of the kind in their order; a section without text says that nothing is documented."""
    parts = []
    for key, heading in headings(kind, lang).items():
        text = sections.get(key)
        parts.append(f"\n## {heading}\n\n{UNDOCUMENTED[lang] + '.' if text is None else text.strip()}\n")
    return "".join(parts)


def name_from(title: str) -> str:
    """A file's name from a title: `Mesa legal en la terminal` becomes `mesa-legal-terminal`."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", title.lower()) if not unicodedata.combining(c))
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _ASIDE]
    return "-".join(words[:_NAME_WORDS])[:60].strip("-") or "practice"
