"""The other language's file for an original: its headings and lists in place, each word of the original above its gap."""

from __future__ import annotations

from kb.content.library import Library, words_fingerprint
from kb.content.markdown import Section
from kb.content.model import LABELLED, LISTS, SAME_IN_BOTH, SINGLE
from kb.content.sections import UNDOCUMENTED, headings
from kb.contribute.proposal import Proposal
from kb.errors import ContributionError


def translation_of(library: Library, entry_id: str, lang: str) -> Proposal:
    """A translation to be filled in. `kb check` names each gap that is left, at its line.

    Raises:
        NotFoundError: there is no such entry.
        ContributionError: the entry has a page in `lang` already.
    """
    entry = library.get(entry_id)
    if lang in entry.pages:
        raise ContributionError(
            "%(id)s has a page in %(lang)r already: %(path)s.", id=entry_id, lang=lang, path=entry.pages[lang].path
        )
    original = entry.original
    lines = ["---", f"translates: {original.lang}", "translation: machine-assisted"]
    lines += [f'fingerprint: "{words_fingerprint(original)}"', f"# {original.title}", 'title: ""']
    lines += [f"# {_one_line(original.summary)}", 'summary: ""']
    for key in (*LISTS, *LABELLED, *SINGLE):
        words = original.words.get(key, ())
        if not words:
            continue
        if key in SAME_IN_BOTH:
            lines.append("# Take it out where the names are the same in both languages.")
        if key in SINGLE:
            lines += [f"# {_one_line(words[0])}", f'{key}: ""']
            continue
        lines.append(f"{key}:")
        for word in words:
            lines += [f"  # {_one_line(word)}", '  - ""']
    lines += ["---", ""]
    unsaid = {section.key for section in original.sections if _says_nothing(section, original.lang)}
    for key, heading in headings(entry.kind, lang).items():
        lines += [f"## {heading}", "", *([UNDOCUMENTED[lang] + ".", ""] if key in unsaid else [])]
    path = original.path.removesuffix(f".{original.lang}.md") + f".{lang}.md"
    return Proposal(path, "\n".join(lines), lang)


def _says_nothing(section: Section, lang: str) -> bool:
    return [block.text.rstrip(".") for block in section.blocks] == [UNDOCUMENTED[lang]]


def _one_line(text: str) -> str:
    return " ".join(text.split())
