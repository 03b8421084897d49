"""Personal data that must not stand in public content."""

from __future__ import annotations

import re
from collections.abc import Iterator

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_ROLE_MAILBOX = re.compile(
    r"(info|contact|contacto|office|oficina|press|prensa|help|ayuda|secretaria|secretariat|admin|support|unit|unidad)",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Dra|Sr|Sra|Srta|Lic|Licda|Ing)\.\s+[A-ZÁÉÍÓÚÑ]\w+|\b(?:Don|Doña)\s+[A-ZÁÉÍÓÚÑ]\w+"
)
_STREET = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)?\s+(?:Street|Avenue)|(?:Calle|Avenida|Av\.|Street|Avenue)\s+[\w .]{0,30}?(?:#|No\.|N\.º)\s*\d+)"
)


def personal_data(text: str) -> Iterator[str]:
    """A sentence for each piece of text that looks like personal data."""
    for found in _EMAIL.findall(text):
        if not _ROLE_MAILBOX.match(found):
            yield f"{found!r} looks like a person's e-mail address; name an institution's mailbox, such as info@..."
    for found in _PERSON.findall(text):
        yield f"{found!r} looks like the name of a person; name the institution or the office instead."
    for found in _STREET.findall(text):
        yield f"{found!r} looks like a street address; places where people are protected are not published."
