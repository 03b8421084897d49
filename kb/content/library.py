"""All content of a folder, read once: entries that hold together, and a problem for everything that does not."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kb.content import frontmatter
from kb.content.findings import findings
from kb.content.frontmatter import Document, MalformedError
from kb.content.interests import EventInterests, read_interests
from kb.content.markdown import sections
from kb.content.model import (
    LABELLED,
    LISTS,
    SAME_IN_BOTH,
    SINGLE,
    Commitment,
    Entry,
    Event,
    EventDates,
    Figure,
    Milestone,
    Original,
    Page,
    Period,
    Practice,
    Reason,
    Review,
    Source,
    Statement,
    Translation,
)
from kb.content.problems import MAX_PROBLEMS, Problem, did_you_mean
from kb.content.sections import LANGUAGES, headings
from kb.content.vocabulary import vocabulary
from kb.errors import ContentError, NotFoundError
from kb.sentences import Sentence

KINDS: dict[str, type[Original]] = {"practices": Practice, "commitments": Commitment, "events": Event}
_UNFINISHED = ("draft", "in-review")
_NAME = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.([a-z]{2})\.md", re.ASCII)


@dataclass(frozen=True)
class Unread:
    """An entry of which a file is no page, for something there is wrong."""

    id: str
    kind: str
    langs: tuple[str, ...]
    """Languages of the files that are no pages."""
    files: tuple[str, ...]
    problems: tuple[Problem, ...]
    is_draft: bool
    """Whether a file of it says that readers have not seen it yet."""


@dataclass(frozen=True)
class Library:
    """The published entries of a content folder by id, in order, and the problems found while reading.

    What is not published stands apart in `unpublished`, so that nothing can show or index it by mistake.
    """

    folder: Path
    entries: dict[str, Entry]
    problems: tuple[Problem, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    """Each file taken apart, by path: where its keys stand."""
    unpublished: Mapping[str, Entry] = field(default_factory=dict)
    """Drafts, pages in review and withdrawn ones: for those who write and check, never for readers."""
    interests: tuple[EventInterests, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def left_out(self) -> list[str]:
        """Files that readers miss: what is wrong there keeps them from being a page, and they are no drafts."""
        drafts = {path for entry in self.unread if entry.is_draft for path in entry.files}
        pages = {page.path for entry in self.everything.values() for page in entry.pages.values()}
        read = pages | {read.path for read in self.interests}
        missed = {path for entry in self.unread for path in entry.files} | {problem.path for problem in self.problems}
        return sorted(missed - drafts - read)

    @property
    def everything(self) -> dict[str, Entry]:
        """Every entry by id, whatever its review status."""
        return dict(sorted({**self.entries, **self.unpublished}.items()))

    @property
    def withdrawn(self) -> list[Entry]:
        """Entries of which only a page that says why remains."""
        return [entry for entry in self.unpublished.values() if entry.is_withdrawn]

    def with_drafts(self) -> Library:
        """The same library with drafts and pages in review as if they were published: for a preview, never for readers."""
        shown = {key: entry for key, entry in self.everything.items() if not entry.is_withdrawn}
        return replace(self, entries=shown, unpublished={entry.id: entry for entry in self.withdrawn})

    @property
    def public_files(self) -> dict[str, bytes]:
        """Each file that readers see something of, by path, as it was read: drafts are left out."""
        shown = [*self.entries.values(), *self.withdrawn]
        pages = {page.path: self.documents[page.path].content for entry in shown for page in entry.pages.values()}
        return dict(sorted(pages.items())) | {read.path: read.document.content for read in self.interests}

    def of_kind(self, kind: str) -> list[Entry]:
        """Entries of `practice`, `commitment` or `event`."""
        return [entry for entry in self.entries.values() if entry.kind == kind]

    @property
    def practices(self) -> list[Entry]:
        return self.of_kind("practice")

    def digest(self, entry: Entry) -> str:
        """Another one whenever a file of the entry changes."""
        return "".join(self.documents[page.path].digest for _, page in sorted(entry.pages.items()))

    def get(self, entry_id: str) -> Entry:
        """The entry with this id, published or not.

        Raises:
            NotFoundError: there is none; names the closest id.
        """
        entries = self.everything
        if entry_id in entries:
            return entries[entry_id]
        if any(entry_id == entry.id for entry in self.unread):
            raise NotFoundError(
                "%(id)s cannot be read; run `kb check`, which says what is wrong in its file.", id=entry_id
            )
        raise NotFoundError("There is no entry %(id)r.", hint=did_you_mean(entry_id, entries), id=entry_id)


@dataclass(frozen=True)
class _File:
    """A content file's place: what its path alone tells."""

    path: str
    entry_id: str
    folder: str
    lang: str
    kind: type[Original]


def load_library(folder: Path) -> Library:
    """Reads every content file below `folder`. A file that cannot be read never stops the others.

    Raises:
        ContentError: the folder itself is missing.
    """
    if not folder.is_dir():
        raise ContentError(
            "There is no content folder %(folder)s; set KB_CONTENT to the folder that holds `practices/`.",
            folder=folder,
        )
    problems: list[Problem] = []
    files: dict[str, list[_File]] = {}
    read: dict[str, Document] = {}
    for file in _find(folder, problems):
        files.setdefault(file.entry_id, []).append(file)
        try:
            read[file.path] = frontmatter.parse(file.path, frontmatter.read(folder / file.path))
        except MalformedError as error:
            problems.append(error.problem)
    entries = {}
    for entry_id in sorted(files):
        entry = _entry(entry_id, files[entry_id], read, problems)
        if entry:
            entries[entry_id] = entry
    unread = tuple(_unread(files[entry_id], entries.get(entry_id), read, problems) for entry_id in sorted(files))
    published = {key: entry for key, entry in entries.items() if entry.is_published}
    unpublished = {key: entry for key, entry in entries.items() if not entry.is_published}
    interests = read_interests(folder, problems)
    return Library(
        folder, published, tuple(sorted(problems)), read, unpublished, interests, tuple(filter(None, unread))
    )


def _unread(
    files: list[_File], entry: Entry | None, read: Mapping[str, Document], problems: list[Problem]
) -> Unread | None:
    pages = {page.path for page in entry.pages.values()} if entry else set()
    left = [file for file in files if file.path not in pages]
    if not left:
        return None
    own = tuple(sorted(problem for problem in problems if problem.path in {file.path for file in files}))
    reviews = [read[file.path].data.get("review") for file in files if file.path in read]
    is_draft = any(isinstance(review, dict) and review.get("status") in _UNFINISHED for review in reviews)
    return Unread(
        files[0].entry_id,
        files[0].kind.kind,
        tuple(file.lang for file in left),
        tuple(file.path for file in left),
        own,
        is_draft,
    )


def _find(folder: Path, problems: list[Problem]) -> Iterator[_File]:
    for top, depth in (("practices", 2), ("commitments", 2), ("events", 1)):
        for path in _walk(folder / top):
            try:
                yield _place(folder, path.relative_to(folder).as_posix(), top, depth)
            except MalformedError as error:
                problems.append(error.problem)


def _walk(folder: Path) -> Iterator[Path]:
    """All files below a folder in order; a link is yielded, never followed."""
    if folder.is_symlink():
        yield folder
    if folder.is_symlink() or not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder / entry.name)
        else:
            yield folder / entry.name


def _place(folder: Path, path: str, top: str, depth: int) -> _File:
    if not _is_ordinary(folder / path):
        raise MalformedError(path, 1, "file", Sentence("is a link or a device; content files are ordinary files."))
    parts = path.split("/")[1:]
    shape = "<country>/<name>.<en or es>.md" if depth == 2 else "<name>.<en or es>.md"
    name = _NAME.fullmatch(parts[-1])
    if len(parts) != depth or not name or name.group(2) not in LANGUAGES:
        message = Sentence(
            "is not named %(shape)s, with a to z, 0 to 9 and hyphens in the name.", shape=f"{top}/{shape}"
        )
        raise MalformedError(path, 1, "file", message)
    country = parts[0] if depth == 2 else ""
    if country != country.lower():  # it is part of the id and of the address
        message = Sentence(
            "stands in %(folder)r; write the name of the folder in small letters, %(small)r.",
            folder=country,
            small=country.lower(),
        )
        raise MalformedError(path, 1, "file", message)
    if depth == 2 and country.upper() not in vocabulary()["countries"] and country not in vocabulary()["regions"]:
        message = Sentence("stands in %(folder)r, which is no country code, `regional` or `global`.", folder=country)
        raise MalformedError(path, 1, "file", message)
    prefix = {"practices": f"{country}-", "commitments": f"commit-{country}-", "events": "event-"}[top]
    return _File(path, prefix + name.group(1), country, name.group(2), KINDS[top])


def _is_ordinary(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:  # removed since its folder was read, as editors do with what they write beside
        return False


def _entry(entry_id: str, files: list[_File], read: Mapping[str, Document], problems: list[Problem]) -> Entry | None:
    found = [(file, read[file.path]) for file in files if file.path in read]
    originals = [(file, document) for file, document in found if "translates" not in document.data]
    translations = [(file, document) for file, document in found if "translates" in document.data]
    if not originals and len(found) < len(files):
        return None  # the original may be what could not be taken apart, which is said already
    if not originals:
        file, document = found[0]
        message = Sentence(
            "translates a page that is not there; add the original, or remove `translates` and complete the facts."
        )
        problems.append(Problem(file.path, document.line_of(("translates",)), "translates", message))
        return None
    for file, _ in originals[1:]:
        message = Sentence(
            "has the same id as %(path)s, %(id)r; give it another name, or make it a translation with `translates`.",
            path=originals[0][0].path,
            id=entry_id,
        )
        problems.append(Problem(file.path, 1, "id", message))
    file, document = originals[0]
    facts = _validated(file.kind, file, document, problems)
    fronts = [_validated(Translation, other, translated, problems) for other, translated in translations]
    if facts is None:
        return None
    original = _page(file, document, facts)
    pages = {file.lang: original}
    for (other, translated), front in zip(translations, fronts, strict=True):
        if front is None:
            continue
        if other.lang in pages or front.translates != file.lang:
            message = Sentence(
                "must name the language of the original, %(lang)r, and the file the other language.", lang=file.lang
            )
            problems.append(Problem(other.path, translated.line_of(("translates",)), "translates", message))
            continue
        pages[other.lang] = _translated_page(other, translated, front, original)
    return Entry(entry_id, file.folder, facts, pages)


def _page(file: _File, document: Document, facts: Original) -> Page:
    body = sections(document.body, headings(facts.kind, file.lang), document.body_line)
    return Page(file.lang, file.path, facts.title, facts.summary, words_of(dict(facts)), body)


def _translated_page(file: _File, document: Document, front: Translation, original: Page) -> Page:
    words = {key: original.words[key] for key in SAME_IN_BOTH if key in original.words} | words_of(dict(front))
    body = sections(document.body, headings(file.kind.kind, file.lang), document.body_line)
    return Page(file.lang, file.path, front.title, front.summary, words, body, front.translation, front.fingerprint)


def words_of(front: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The words for readers in what a model took: lists, labels of figures and statements, single words as lists of one."""
    words: dict[str, tuple[str, ...]] = {}
    for key in (*LABELLED, *LISTS, *SINGLE):
        value = front.get(key)
        if isinstance(value, str):
            words[key] = (value,)
        elif value:
            words[key] = tuple(item if isinstance(item, str) else item.label for item in value)
    return words


def words_fingerprint(page: Page) -> str:
    """Fingerprint of all that a translator reads: 12 hexadecimal digits, other when a word changes."""
    words = {key: page.words[key] for key in sorted(page.words)}
    text = json.dumps([page.title, page.summary, words, [s.markdown for s in page.sections]], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


_M = TypeVar("_M", Original, Translation)
_NESTED: dict[str, type[BaseModel]] = {
    "sources": Source,
    "results": Figure,
    "costs": Figure,
    "milestones": Milestone,
    "asks": Statement,
    "objectives": Statement,
    "period": Period,
    "dates": EventDates,
    "review": Review,
    "reason": Reason,
}


def _validated(model: type[_M], file: _File, document: Document, problems: list[Problem]) -> _M | None:
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        for finding in islice(findings(error, model, _NESTED), MAX_PROBLEMS + 1):
            line = document.line_of(finding.location)
            problems.append(Problem(file.path, line, finding.key, finding.message))
        return None
