"""What a model finds wrong with data that someone wrote, in our words: where, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from kb.content.problems import did_you_mean
from kb.sentences import Sentence, template


@dataclass(frozen=True)
class Finding:
    """One error. `key` counts list items from 1, as people do: `results.2.value`."""

    location: tuple[str | int, ...]
    key: str
    message: Sentence


def refused(words: str, /, **values: object) -> PydanticCustomError:
    """What a validator of ours raises: `findings` gives the sentence as it stands."""
    return PydanticCustomError("refused", "{sentence}", {"sentence": Sentence(words, **values)})


def findings(
    error: ValidationError, model: type[BaseModel], nested: Mapping[str, type[BaseModel]] | None = None
) -> Iterator[Finding]:
    """The errors that Pydantic found.

    Args:
        error: what validation raised.
        model: the model that was validated.
        nested: key of the model to the model of what stands below it, for naming the keys allowed there.
    """
    for detail in error.errors(include_url=False):
        location = tuple(detail["loc"])
        key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in location) or "file"
        parents = [part for part in location[:-1] if isinstance(part, str)]
        below = (nested or {}).get(parents[-1]) if parents else model
        yield Finding(location, key, _sentence(str(detail["type"]), detail, list((below or model).model_fields)))


_TYPES = {
    "string_type": template("must be text, not %(found)r; put it between double quotes."),
    "int_type": template("must be a whole number, not %(found)r."),
    "float_type": template("must be a number, with a point before decimals and no thousands mark, not %(found)r."),
    "string_too_short": template("is empty."),
    "list_type": template("must be a list, one `- item` a line, not %(found)r."),
    "bool_type": template("must be true or false, not %(found)r."),
    "dict_type": template("must be a list of `key: value` lines, not %(found)r."),
    "model_type": template("must be a list of `key: value` lines, not %(found)r."),
    "model_attributes_type": template("must be a list of `key: value` lines, not %(found)r."),
}
_BOUNDS = {
    "greater_than_equal": (template("must be %(limit)s or more, not %(found)r."), "ge"),
    "less_than_equal": (template("must be %(limit)s or less, not %(found)r."), "le"),
    "multiple_of": (template("must be a multiple of %(limit)s, not %(found)r."), "multiple_of"),
    "string_too_long": (template("is longer than %(limit)s characters."), "max_length"),
    "string_pattern_mismatch": (template("is %(found)r, which does not have the form %(limit)s."), "pattern"),
}


def _sentence(kind: str, detail: ErrorDetails, allowed: list[str]) -> Sentence:
    """Pydantic's finding in our words."""
    context = detail.get("ctx", {})
    found = detail.get("input")
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    if isinstance(context.get("sentence"), Sentence):
        told: Sentence = context["sentence"]
        return told
    if kind == "extra_forbidden":
        hint = did_you_mean(name, allowed)
        return Sentence(
            "is not a key of this file.%(hint)s Allowed: %(allowed)s.", hint=hint, allowed=", ".join(allowed)
        )
    if kind == "missing" and name == "source":
        return Sentence("is missing; every figure and statement names its source by number.")
    if kind == "missing":
        return Sentence("is missing.")
    if kind in _TYPES:
        return Sentence(_TYPES[kind], found=found)
    if kind == "literal_error":
        expected = str(context["expected"]).replace(" or ", ", ")
        hint = did_you_mean(str(found), re.findall(r"'([^']+)'", expected))
        return Sentence(
            "%(found)r is not allowed.%(hint)s Allowed: %(allowed)s.", found=found, hint=hint, allowed=expected
        )
    if kind == "too_short":
        return Sentence("has %(count)s items; at least %(least)s are needed.", **_counts(context, least="min_length"))
    if kind == "too_long":
        return Sentence("has %(count)s items; at most %(most)s are allowed.", **_counts(context, most="max_length"))
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return Sentence(words, found=found, limit=context[bound])
    return Sentence("cannot be read: %(found)r.", found=found)


def _counts(context: dict[str, object], **names: str) -> dict[str, object]:
    return {"count": context["actual_length"], **{name: context[key] for name, key in names.items()}}
