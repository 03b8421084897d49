"""Templates to HTML. Everything is escaped but what `kb.content.markdown` made safe."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from kb import __version__
from kb.content import markdown
from kb.content.glossary import named_in
from kb.content.sections import LANGUAGES
from kb.content.vocabulary import vocabulary
from kb.sentences import Sentence, translations
from kb.site import facts, i18n, licence
from kb.site.citation import citation
from kb.site.memory import software
from kb.site.pictures import bars
from kb.site.structured import linked_data
from kb.site.tooltips import with_tooltips
from kb.site.urls import Urls


@cache
def environment(lang: str) -> Environment:
    """The template environment of one interface language."""
    env = Environment(
        loader=PackageLoader("kb.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # else every include asks the disk whether it changed
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(translations(lang), newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(
        lang=lang, languages=LANGUAGES, version=__version__, asset_version=asset_version(), agenda_style=agenda_style(),
        plain=False,
    )  # fmt: skip
    env.globals.update(
        citation=citation, linked_data=linked_data, licence=licence, bar_charts=bars.bar_charts, chart_width=bars.WIDTH,
        date_range=lambda start, end: i18n.date_range(start, end, lang),
    )  # fmt: skip
    env.filters.update(
        quoted=lambda words: Sentence("“%(words)s”", words=words).said(lang),
        date=lambda text: i18n.date(text, lang),
        number=lambda value: i18n.number(value, lang),
        time_zone=lambda name: i18n.time_zone(name, lang),
        figure=lambda fact: facts.figure(fact, lang),
        period=facts.period,
        status=facts.status,
        label=lambda term, facet: vocabulary().label(facet, str(term), lang),
        in_order=lambda items, facet, attribute="": _in_order(items, facet, attribute, lang),
        named=lambda name: named_in(lang, name),
        definition=lambda term, facet: _definition(str(term), facet, lang),
        markdown=lambda text: Markup(markdown.render(text)),  # noqa: S704 - made safe there
        safe_html=Markup,
        tooltips=lambda safe, written_in: Markup(with_tooltips(safe, written_in)),  # noqa: S704 - adds only abbr to it
    )
    return env


def keep_compiled(folder: Path) -> None:
    """From now on templates are compiled once for each language and state of this software, and kept in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    ours = software()[:16]
    for other in folder.iterdir():
        if not other.name.startswith(ours):
            other.unlink(missing_ok=True)
    for lang in LANGUAGES:
        # What a filter gives for words that stand in a template is worked out while compiling: languages must not meet.
        environment(lang).bytecode_cache = _Compiled(str(folder), f"{ours}-{lang}-%s")


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates in files. A torn one is compiled anew; where none can be written there is nothing to remember with."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (pickle.UnpicklingError, EOFError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _in_order(items: Iterable[Any], facet: str, attribute: str, lang: str) -> list[Any]:
    """Terms, or things that hold one as an attribute, in the alphabetical order of the terms' labels."""
    by_term = {str(getattr(item, attribute) if attribute else item): item for item in items}
    return [by_term[term] for term in vocabulary().in_order(facet, by_term, lang)]


def _definition(term: str, facet: str, lang: str) -> str:
    entry = vocabulary()[facet].get(term)
    return entry.definition.get(lang, "") if entry else ""


@cache
def asset_version() -> str:
    """Changes when an asset changes, so that browsers may keep assets for long."""
    digest = hashlib.sha256()
    for asset in sorted(files("kb.site").joinpath("assets").iterdir(), key=lambda entry: entry.name):
        digest.update(asset.read_bytes())
    return digest.hexdigest()[:8]


@cache
def agenda_style() -> Markup:
    """The style sheet that an agenda's own file carries, because it is sent by mail without us."""
    return Markup(files("kb.site").joinpath("assets", "agenda.css").read_text(encoding="utf-8"))  # noqa: S704 - ours


def render(template: str, lang: str, urls: Urls, alternates: dict[str, str], **values: object) -> str:
    """One page. `alternates` maps each language to the address of this page in it."""
    found = environment(lang).get_template(template)
    return found.render(urls=urls, alternates=alternates, **values)
