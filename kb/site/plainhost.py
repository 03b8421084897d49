"""What a host of plain files needs because it has no server: briefs as files, and a search that runs in the browser.

The browser's search is Pagefind's. It knows words, not meaning, and the page says so. Each language has an index of its own, with
its own stemmer; the page asks both and shows one list.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.content.library import Library
from kb.content.sections import LANGUAGES
from kb.errors import StaticSearchError
from kb.site.machines import MachineFile
from kb.site.urls import Urls
from kb.site.views import EntryView, view, views

FOLDER = "pagefind"
_UNUSED = ("*-ui.*", "pagefind-highlight.js", "pagefind-worker.js", "wasm.unknown.pagefind")
"""What Pagefind writes for search pages of its own making."""


def brief_files(library: Library, urls: Urls) -> Iterator[MachineFile]:
    """The brief of each practice, which `kb serve` makes when it is asked for."""
    from kb.site.brief_word import brief_file

    for it in views(library.practices, urls):
        yield MachineFile(urls.brief(it.entry.id), {"it": it}, partial(brief_file, it))


def write_search_index(library: Library, folder: Path, base: str) -> None:
    """Writes Pagefind's index of each language below `folder`, in place of an older one.

    Raises:
        StaticSearchError: Pagefind could not do its work.
    """
    remove_search_index(folder)
    for lang in LANGUAGES:
        practices = [view(entry, Urls(lang, base)) for entry in library.practices if lang in entry.pages]
        if not practices:
            continue
        bundle = folder / FOLDER / lang
        _write_bundle(practices, bundle)
        for pattern in _UNUSED:
            for file in bundle.glob(pattern):
                file.unlink()


def has_search_index(folder: Path) -> bool:
    """Whether the site in `folder` was written for a host of plain files."""
    return (folder / FOLDER).exists()


def remove_search_index(folder: Path) -> None:
    """Removes what an older build for plain files left, so that nobody finds what is no longer there."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def _write_bundle(practices: Sequence[EntryView], bundle: Path) -> None:
    with TemporaryDirectory() as place:
        for it in practices:
            file = Path(place, it.url.strip("/"), "index.html")
            file.parent.mkdir(parents=True)
            file.write_text(_page(it), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pagefind",
            "--site",
            place,
            "--output-path",
            str(bundle.resolve()),
            "--silent",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - nothing of strangers in it
    if done.returncode:
        raise StaticSearchError(
            f"Pagefind could not write the search index: {done.stderr.strip() or done.stdout.strip()}"
        )


def _page(it: EntryView) -> str:
    """The practice as Pagefind reads it: the words that are searched, the facts that filter, what a result shows."""
    facts = [("meta", key, value) for key, value in _shown(it).items()]
    facts += [("filter", key, term) for key, terms in _filters(it).items() for term in terms]
    head = "".join(
        f'<meta data-pagefind-{kind}="{key}[content]" content="{escape(word)}">' for kind, key, word in facts
    )
    return f'<!doctype html><html lang="{it.page.lang}"><head>{head}</head><body>{escape(_text(it))}</body></html>'


def _text(it: EntryView) -> str:
    """The words below the title, which Pagefind knows from what a result shows."""
    names = (*it.words("implementers"), *it.words("partners"))
    return "\n".join([it.page.summary, *it.page.questions, *(part.text for part in it.page.sections), *names])


def _shown(it: EntryView) -> dict[str, str]:
    """What a result shows. It is shown in the reader's language, whichever index found it."""
    found = {"id": it.entry.id}
    for lang in LANGUAGES:
        shown = view(it.entry, Urls(lang, it.urls.base))
        found |= {f"title_{lang}": shown.page.title, f"url_{lang}": shown.url, f"lang_{lang}": shown.page.lang}
    return {**found, "title": it.page.title}


def _filters(it: EntryView) -> dict[str, list[str]]:
    facts = it.entry.facts
    evidence = [getattr(facts, "evidence", "")]
    return {"country": facts.countries, "theme": facts.themes, "status": [facts.status], "evidence": evidence}
