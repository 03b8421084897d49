"""What a reviewer sees of a proposal, as one comment in Markdown: what passes, what does not, what is near to it.

Everything that a contributor wrote is quoted: it cannot call people, load pictures, or break out of its place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kb.content import markdown
from kb.content.checks import word_count, words_wanted
from kb.content.library import Library
from kb.content.model import Entry, Page
from kb.content.problems import Problem
from kb.contribute.duplicates import Near
from kb.contribute.links import DeadLink

MAX_LENGTH = 60_000
"""Forges take about 65,000 characters; previews go first."""

_LABELS: dict[str, dict[str, str]] = {
    "title": {"en": "What the checks say", "es": "Qué dicen las revisiones automáticas"},
    "nothing": {"en": "No content file changed.", "es": "No cambió ningún archivo de contenido."},
    "passes": {"en": "Passes every check.", "es": "Cumple todas las revisiones."},
    "problems": {"en": "To mend", "es": "Por corregir"},
    "personal": {"en": "Possible personal data", "es": "Posibles datos personales"},
    "line": {"en": "line", "es": "línea"},
    "words": {"en": "Words", "es": "Palabras"},
    "wanted": {"en": "between %s and %s are wanted", "es": "se esperan entre %s y %s"},
    "status": {"en": "Review status", "es": "Estado de revisión"},
    "languages": {"en": "Languages", "es": "Idiomas"},
    "near": {"en": "Nearest published practices", "es": "Prácticas publicadas más cercanas"},
    "no index": {
        "en": "not compared: there is no index; `kb build` makes one",
        "es": "sin comparar: no hay índice; `kb build` lo crea",
    },
    "duplicate": {"en": "**is this the same practice?**", "es": "**¿es la misma práctica?**"},
    "links": {"en": "Links that do not resolve", "es": "Enlaces que no responden"},
    "links fine": {"en": "every link answers", "es": "todos los enlaces responden"},
    "not tried": {"en": "not tried: no network", "es": "sin probar: no hay red"},
    "preview": {"en": "The page as it will look", "es": "La página como se verá"},
    "long": {"en": "(left out: too long)", "es": "(se omite: demasiado larga)"},
}


@dataclass(frozen=True)
class Findings:
    """What is known of a proposal. `near` and `dead` are None where nothing was compared or tried."""

    library: Library
    problems: Sequence[Problem]
    paths: Sequence[str]
    near: Mapping[str, Sequence[Near]] | None = None
    dead: Sequence[DeadLink] | None = field(default=None)


def comment(findings: Findings, lang: str = "") -> str:
    """The comment, in `lang`, or else each page's part in the language that it is written in."""
    everything = findings.library.everything.values()
    entries = [e for e in everything if any(page.path in findings.paths for page in e.pages.values())]
    spanish = any(path.endswith(".es.md") for path in findings.paths)
    first = lang or (entries[0].original.lang if entries else "es" if spanish else "en")
    parts = [f"## {_LABELS['title'][first]}", ""]
    known = {page.path for entry in entries for page in entry.pages.values()}
    for path in findings.paths:
        if path not in known:
            parts += [f"### {_code(path)}", "", *_problems(findings, {path}, first)]
    for entry in entries:
        parts += _entry(findings, entry, lang or entry.original.lang)
    if not findings.paths:
        parts.append(_LABELS["nothing"][first])
    text = "\n".join(parts)
    for entry in entries:
        preview = _preview(entry)
        if len(text) + len(preview) > MAX_LENGTH:
            preview = _LABELS["long"][first]
        text += f"\n\n<details><summary>{_LABELS['preview'][first]}: {_in_html(entry.original.title)}</summary>\n\n{preview}\n\n</details>"
    return text[: MAX_LENGTH + 2000] + "\n"


def _entry(findings: Findings, entry: Entry, lang: str) -> Iterator[str]:
    yield f"### {_quoted(entry.original.title)}"
    yield ""
    for page in entry.pages.values():
        least, most = words_wanted(entry, page)
        wanted = _LABELS["wanted"][lang] % (least, most)
        yield f"- {_LABELS['words'][lang]} ({page.lang}): {word_count(page)} ({wanted})"
    yield f"- {_LABELS['status'][lang]}: `{entry.facts.review.status}`"
    yield f"- {_LABELS['languages'][lang]}: {', '.join(sorted(entry.pages))}"
    yield f"- {_LABELS['links'][lang]}: {_dead(findings, entry, lang)}"
    yield ""
    yield from _problems(findings, {page.path for page in entry.pages.values()}, lang)
    if entry.kind == "practice":
        yield f"**{_LABELS['near'][lang]}**"
        yield ""
        if findings.near is None:
            yield f"- {_LABELS['no index'][lang]}"
        for near in (findings.near or {}).get(entry.id, ()):
            title = near.item.titles.get(lang) or next(iter(near.item.titles.values()))
            mark = f" — {_LABELS['duplicate'][lang]}" if near.is_likely_duplicate else ""
            yield f"- {near.similarity:.2f} {_quoted(title)} (`{near.item.id}`){mark}"
        yield ""


def _problems(findings: Findings, paths: set[str], lang: str) -> Iterator[str]:
    own = [problem for problem in findings.problems if problem.path in paths]
    if not own:
        yield f"{_LABELS['passes'][lang]} ✅"
        yield ""
    for topic, label in (("", "problems"), ("personal data", "personal")):
        listed = [problem for problem in own if problem.topic == topic]
        if listed:
            yield f"**{_LABELS[label][lang]}** ({len(listed)})"
            yield ""
            for one in listed:
                where = f"{_code(one.path)}, {_LABELS['line'][lang]} {one.line}, {_code(one.place(lang))}"
                yield f"- {where}: {_quoted(one.message.said(lang))}"
            yield ""


def _dead(findings: Findings, entry: Entry, lang: str) -> str:
    if findings.dead is None:
        return _LABELS["not tried"][lang]
    own = {source.url for source in entry.facts.sources}
    dead = [link for link in findings.dead if link.url in own]
    return "; ".join(f"{_code(link.url)} ({_quoted(link.why)})" for link in dead) or _LABELS["links fine"][lang]


def _preview(entry: Entry) -> str:
    return "\n".join(_page(page) for page in entry.pages.values())


def _page(page: Page) -> str:
    parts = [f"<h3>{_in_html(page.title)}</h3>", f"<p>{_in_html(page.summary)}</p>"]
    if page.questions:
        questions = "".join(f"<li>{_in_html(question)}</li>" for question in page.questions)
        parts.append(f"<ul>{questions}</ul>")
    for section in page.sections:
        body = re.sub(r'<a href="#source-\d+">(\d+)</a>', r"\1", markdown.render(section.markdown))
        parts += [f"<h4>{html.escape(section.heading)}</h4>", _silent(body)]
    # A blank line would end the HTML and let Markdown begin again.
    return re.sub(r"\n\s*\n", "\n", "\n".join(parts))


def _quoted(text: str) -> str:
    """A contributor's words in Markdown, as they stand."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~])", r"\\\1", " ".join(text.split()))
    return _silent(escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _in_html(text: str) -> str:
    """A contributor's words in HTML, where a forge may still look for Markdown."""
    return _silent(re.sub(r"[\[\]`!]", lambda mark: f"&#{ord(mark.group())};", html.escape(" ".join(text.split()))))


def _code(text: str) -> str:
    return f"`{' '.join(text.replace('`', chr(39)).split())}`"


def _silent(text: str) -> str:
    """With `@name` as text: a comment must not call people because a contributor wrote so."""
    return text.replace("@", "@<!-- -->")
