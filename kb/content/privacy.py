"""Personal data that must not stand in public content: found, named by its kind, and explained.

Identity numbers are told by the shape that each of the seven States gives them: CUI/DPI (Guatemala), DUI and NIT (El
Salvador), DNI (Honduras), CURP, RFC and voter's key (Mexico), cédula and DIMEX (Costa Rica), cédula (Panama), social
security number (Belize). A number whose shape is also that of a date or a span of years counts only behind a word that
announces it (`cédula`, `tel.`, `passport`).

Freephone numbers, and mailboxes that name an office (`info@`, `contacto@`), are an institution's by nature. Anything else
that belongs to an institution is listed under `institutional` in the front matter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kb.content.memory import remembered
from kb.sentences import Sentence, template


@dataclass(frozen=True)
class Finding:
    """A piece of text that looks like personal data. `kind` is one of `KINDS`."""

    kind: str
    text: str

    @property
    def sentence(self) -> Sentence:
        return Sentence(_ADVICE[self.kind], found=self.text)


_ADVICE: dict[str, str] = {
    "email": template(
        "%(found)r looks like a person's e-mail address; name an institution's mailbox, such as info@..., or list it under "
        "`institutional` if it belongs to an institution."
    ),
    "phone": template(
        "%(found)r looks like a telephone number; take it out, or list it under `institutional` if it belongs to an institution."
    ),
    "identity": template("%(found)r looks like an identity number; take it out: nobody's papers are published."),
    "passport": template("%(found)r looks like a passport number; take it out: nobody's papers are published."),
    "coordinates": template(
        "%(found)r looks like coordinates; name the town instead: places where people are protected are not published."
    ),
    "street": template(
        "%(found)r looks like a street address; take it out: places where people are protected are not published, or list it "
        "under `institutional` if it belongs to an institution."
    ),
    "person": template(
        "%(found)r looks like the name of a person; name the institution or the office instead, or list it under "
        "`institutional` if it belongs to an institution."
    ),
}
KINDS = tuple(_ADVICE)
STRUCTURED = ("email", "phone", "identity", "passport", "coordinates")
"""Kinds that are told by their shape."""

_S = r"[\s.\-–]"
_ANNOUNCED = r"(?:\s*(?:n\.?\s?[ºo°]\.?|núm(?:ero|\.)?|number|no\.|#|:|de|is|es|al|on|at|to))*[\s:]*"
_PHONE_WORD = r"(?:tel(?:éfono|efono|ephone|\.)?|phone|whats?app|cel(?:ular|l)?\.?|m[oó]vil|mobile|ll[aá]m[ae]\w*|call)"
_IDENTITY_WORD = (
    r"(?:c[eé]dula|CUI|DPI|DUI|NIT|DNI|CURP|RFC|DIMEX|NUE|RTN|social security|seguro social|documento|"
    r"identidad|identificaci[oó]n|identity card|ID card|\bID|expediente)"
)
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("coordinates", r"-?\b\d{1,2}\.\d{4,}\s*[,;/]?\s*-?\d{1,3}\.\d{4,}\b"),
    ("coordinates", r"-?\b\d{1,2}\.\d{3,}°?\s*[NS]?\s*[,;/]?\s*-?\d{1,3}\.\d{3,}°?\s*[EWO]\b"),
    ("coordinates", r"\b\d{1,3}\s?°\s*\d{1,2}(?:\.\d+)?\s*['’′](?:\s*\d{1,2}(?:\.\d+)?\s*(?:[\"”″]|''))?\s*[NSEWO]\b"),
    ("coordinates", r"\b\d{1,3}\.\d+\s?°\s*[NSEWO]\b"),
    ("coordinates", r"\b1[3-7]\s?[N-R]\s+\d{6}\s+\d{7}\b"),
    ("coordinates", r"(?<![\w+])[2-9CFGHJMPQRVWX]{4,8}\+[2-9CFGHJMPQRVWX]{2,3}\b"),
    ("email", r"[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\)|\(arroba\))\s?[\w-]+(?:\.[\w-]+)+"),
    ("identity", r"\b[A-Z][AEIOUX][A-Z]{2}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[HMX][A-Z]{5}[0-9A-Z]\d\b"),
    ("identity", r"\b[A-Z]{6}\d{8}[HM]\d{3}\b"),
    ("identity", r"\b[A-ZÑ&]{4}-?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?[A-Z0-9]{3}\b"),
    ("identity", r"(?<![\d-])\d{4}[ -]?\d{5}[ -]?\d{4}(?![\d-])"),
    ("identity", r"(?<![\d-])\d{4}[ -](?:19|20)\d{2}[ -]\d{5}(?![\d-])"),
    ("identity", r"(?<![\d-])\d{8}-\d(?![\d-])"),
    ("identity", r"(?<![\d-])\d{4}-\d{6}-\d{3}-\d(?![\d-])"),
    ("identity", r"(?<![\d-])[1-9]-\d{4}-\d{4}(?![\d-])"),
    ("identity", r"(?<![\d-])1\d{10,11}(?![\d-])"),
    ("identity", r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    ("identity", r"(?<![\w-])(?:PE|E|N|(?:1[0-3]|[1-9])(?:-?(?:AV|PI))?)-\d{1,4}-(?!(?:19|20)\d\d(?!\d))\d{3,6}(?![\d-])"),
    ("passport", rf"(?i)\b(?:passport|pasaporte){_ANNOUNCED}(?P<found>[A-Za-z]{{0,3}}[ -]?\d{{6,9}})\b"),
    ("identity", rf"(?i){_IDENTITY_WORD}{_ANNOUNCED}(?P<found>(?:[A-Z]{{1,2}}-)?\d[\d -]{{5,16}}\d)(?![\d-])"),
    ("phone", rf"(?<![\w./+])(?:\+|00)\s?\d{{1,3}}{_S}?\s?(?:\(?\d{{1,4}}\)?{_S}?){{2,5}}\d{{2,4}}\b"),
    ("phone", rf"(?<![\w./-])\(?50[1-7]\)?{_S}?\d{{3,4}}{_S}?\d{{4}}(?![\d-])"),
    ("phone", rf"(?i)\b{_PHONE_WORD}{_ANNOUNCED}(?P<found>\(?\d[\d\s().-]{{5,16}}\d)(?!\d)"),
    ("phone", r"(?<![\w./,-])(?!(?:19|20)\d\d[- ](?:19|20)\d\d)[2-9]\d{3}-\d{4}(?![\d-])"),
    ("phone", r"(?<![\w./,-])\(?\d{2,3}\)?[ -]\d{3,4}[ -]\d{4}(?![\d-])"),
    ("street", r"\b(?:\d+(?:st|nd|rd|th)?\s+(?:Street|Avenue))"),
    ("street", r"\b(?:Calle|Avenida|Av\.|Street|Avenue)\s+[\w .]{0,30}?(?:#|No\.|N\.?º)\s*\d+"),
    ("person", r"\b(?:(?:Mr|Mrs|Ms)\.?|(?:Dr|Dra|Sr|Sra|Srta|Lic|Licda|Lcda|Ing|Arq|Prof|Profa|Mtro|Mtra)\.)\s+[A-ZÁÉÍÓÚÑ]\w+"),
    ("person", r"\b(?:Don|Doña)\s+[A-ZÁÉÍÓÚÑ]\w+"),
    ("person", r"\b(?:named|se llama|de nombre)\s+(?P<found>[A-ZÁÉÍÓÚÑ]\w+\s+[A-ZÁÉÍÓÚÑ]\w+)"),
)  # fmt: skip
_OFFICE = (
    r"(?i)^(?:info|contac\w*|office|oficina|press|prensa|help|ayuda|secretar\w+|admin|support|apoyo|unit|unidad|denuncias?|"
    r"consultas?|atencion\w*|direccion|comunicacion\w*|transparencia|registr[yo]|enquiries|mail|correo|webmaster)"
    r"(?:[._-][\w.-]*)?\s?[@\[(]"
)
_NOBODYS: dict[str, tuple[str, ...]] = {
    "email": (_OFFICE,),
    "phone": (r"^(?:\+?1[\s-]?)?8(?:00|88|77|66)[\s-]?", r"^(?:19|20)\d\d\D+(?:19|20)\d\d$"),
}
"""Mailboxes of an office, freephone numbers, spans of years."""
_WORD = re.compile(r"\w+")
WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_PARTICLES = r"(?:\s+(?:de|del|la|las|los|y))*"
_NAME_PART = r"[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+"
_INSTITUTION_BEFORE = re.compile(
    r"(?:San|Santa|Santo|Fray|Saint|St\.?|Papa|Pope)\s*$|"
    r"(?:Centros?|Hospital\w*|Fundaci[oó]n|Foundation|Escuela|School|C[aá]tedra|Chair|Instituto|Institute|Colegio|Albergue|"
    r"Shelter|Casa|Cl[ií]nica|Clinic|Programa|Programme|Ley|Law|Avenida|Universidad|University|Parque|Biblioteca|Plaza|"
    r"Barrio|Colonia|Municipio|Municipality|Estado|Premio|Prize|Red|Asociaci[oó]n|Unidad|Unit|Centre|Center|Puerto)"
    r"(?:\s+(?:de|del|la|las|los|of|the|Integrador|Integrator|para|el|Migrante))*[\s\"'“«]*$"
)
_INSTITUTION_AFTER = re.compile(
    r"\s*[\"'”»]?\s*(?:Foundation|Chair|Centre|Center|Hospital|School|Shelter|Institute|University|Mental|Integration|Unit)\b"
)


_DIGITS = {"identity": (6, 99), "passport": (6, 99), "phone": (7, 15)}
"""Fewest and most."""


@dataclass(frozen=True)
class Shape:
    """What personal data of a kind look like. Python and JavaScript read the patterns alike but for the marks of named groups."""

    kind: str
    pattern: re.Pattern[str]
    least: int
    most: int
    nobodys: tuple[re.Pattern[str], ...]
    """What looks so and belongs to no person."""

    def fits(self, found: str) -> bool:
        """Whether what the pattern found is personal."""
        digits = sum(char.isdigit() for char in found)
        return self.least <= digits <= self.most and not any(pattern.match(found) for pattern in self.nobodys)


@cache
def shapes() -> tuple[Shape, ...]:
    """In the order in which they are looked for; what one of them has taken is not another's."""
    nobodys = {kind: tuple(map(re.compile, patterns)) for kind, patterns in _NOBODYS.items()}
    return tuple(
        Shape(kind, re.compile(pattern), *_DIGITS.get(kind, (int(r"\d" in pattern), 99)), nobodys.get(kind, ()))
        for kind, pattern in _PATTERNS
    )


@cache
def _given_names() -> frozenset[str]:
    return frozenset(files("kb.content").joinpath("given-names.txt").read_text(encoding="utf-8").split())


@cache
def _full_name() -> re.Pattern[str]:
    """A common given name of the region, then a surname."""
    given = "|".join(sorted(_given_names(), key=len, reverse=True))
    return re.compile(rf"\b(?:{given})(?:\s+(?:{given}))?{_PARTICLES}\s+{_NAME_PART}(?:\s+{_NAME_PART})?\b")


@remembered(1024)
def personal_data_of(texts: tuple[str, ...], institutional: tuple[str, ...]) -> tuple[tuple[int, Finding], ...]:
    """`personal_data` of all texts of a page: the number of the text, and what was found there."""
    return tuple((number, found) for number, text in enumerate(texts) for found in personal_data(text, institutional))


def personal_data(text: str, institutional: Collection[str] = ()) -> Iterator[Finding]:
    """What in a text looks like personal data, each piece once.

    Args:
        text: words of a page, on one line.
        institutional: pieces that belong to an institution; they are passed over, however they are spaced.
    """
    taken: list[tuple[int, int]] = []
    allowed = [_bare(one) for one in institutional]
    plain = text
    digits = sum(map(str.isdigit, text))
    for shape in shapes():
        if digits < shape.least:
            continue
        # Coordinates are looked for in web addresses too, since maps carry them; long numbers there mean nothing.
        if shape.kind != "coordinates" and plain is text:
            plain = WEB_ADDRESS.sub(lambda address: " " * len(address.group()), text)
        for match in shape.pattern.finditer(plain):
            found = (match.groupdict().get("found") or match.group()).strip()
            start, end = match.span("found") if "found" in match.groupdict() else match.span()
            if _is_free(taken, start, end) and shape.fits(found):
                taken.append((start, end))
                if not any(_bare(found) in one for one in allowed):
                    yield Finding(shape.kind, found)
    for match in _names(plain):
        if _is_free(taken, *match.span()) and not any(_bare(match.group()) in one for one in allowed):
            yield Finding("person", match.group())


def _names(text: str) -> Iterator[re.Match[str]]:
    """Full names that are not part of an institution's or a place's."""
    if _given_names().isdisjoint(_WORD.findall(text)):
        return
    for match in _full_name().finditer(text):
        named = _INSTITUTION_BEFORE.search(text[max(0, match.start() - 60) : match.start()])
        if not named and not _INSTITUTION_AFTER.match(text, match.end()):
            yield match


def _is_free(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return all(end <= first or last <= start for first, last in taken)


def _bare(text: str) -> str:
    """Letters and digits alone, in lower case: `+503 2222-0000` and `+50322220000` are one number."""
    return re.sub(r"[^\w@]", "", text.lower())
