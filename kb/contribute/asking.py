"""Questions put on the command line, and answers given as options."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.content.problems import did_you_mean
from kb.contribute.proposal import NO_STATE
from kb.contribute.questions import Question, UnknownWordError, options, questions, term_for
from kb.contribute.sentences import say
from kb.errors import ContributionError
from kb.sentences import Sentence

Prompt = Callable[..., str]
"""Like `click.prompt`: shows a text, returns what was typed."""

SEVERAL = {"en": "several: put ; between them", "es": "varios: sepárelos con ;"}
UNKNOWN = {"en": "That is none of the words.", "es": "No es ninguna de las palabras."}
FOLDER = "countries"
"""The question that must be answered: without a State there is no folder to put the file into."""


def ask(lang: str, prompt: Prompt) -> dict[str, str | list[str]]:
    """Puts each question but tables, which are easier to fill in in the file. An empty answer leaves it open, but for the States."""
    answers: dict[str, str | list[str]] = {}
    for question in questions():
        if question.answer == "table":
            continue
        answer = _ask_one(question, lang, prompt)
        if answer:
            answers[question.key] = answer
    return answers


def _ask_one(question: Question, lang: str, prompt: Prompt) -> str | list[str]:
    several = question.answer in ("list", "choices")
    lines = [question.question[lang] + (" *" if question.required else ""), question.hint[lang]]
    if question.facet:
        lines.append(", ".join(options(question.facet, lang).values()))
    shown = "\n  ".join(lines) + (f" ({SEVERAL[lang]})" if several else "")
    while True:
        typed = str(prompt(shown, default="", show_default=False))
        parts = [part.strip() for part in typed.split(";") if part.strip()] if several else [typed.strip()]
        try:
            for part in filter(None, parts if question.facet else []):
                term_for(question.facet, part)
        except UnknownWordError as error:
            shown = UNKNOWN[lang] + (say("meant", lang, term=error.closest) if error.closest else "")
            continue
        if question.key == FOLDER and not any(parts):
            shown = Sentence(NO_STATE).said(lang)
            continue
        return parts if several else parts[0]


def answers_from(given: Sequence[str]) -> dict[str, str | list[str]]:
    """`title=Mesa legal` and the like to answers; a key that comes again adds to its list.

    Raises:
        ContributionError: no `=`, or no such question.
    """
    known = {question.key: question for question in questions() if question.answer != "table"}
    answers: dict[str, list[str]] = {}
    for one in given:
        key, equals, text = one.partition("=")
        if not equals or key not in known:
            raise ContributionError(
                "%(given)r is no answer; write QUESTION=TEXT with one of %(known)s.",
                hint=did_you_mean(key, known),
                given=one,
                known=", ".join(known),
            )
        answers.setdefault(key, []).append(text)
    lists = ("list", "choices")
    return {key: texts if known[key].answer in lists else "\n\n".join(texts) for key, texts in answers.items()}
