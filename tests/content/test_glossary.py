"""Acronyms of the vocabulary, for tooltips and for the search."""

from __future__ import annotations

from kb.content.glossary import acronyms, named_in, tooltips
from kb.content.vocabulary import vocabulary
from kb.search.expansion import ENCODED, meanings, spelled_out
from kb.site.tooltips import with_tooltips
from tests.content.test_markdown import tags


def test_an_acronym_of_either_language_has_one_meaning() -> None:
    assert acronyms()["mhpss"] == acronyms()["smaps"]
    assert acronyms()["pdi"].words["en"] == "Internally displaced person"


def test_acronyms_of_a_question_are_spelled_out() -> None:
    found = meanings("experiencias de smaps con OIM")
    assert spelled_out("smaps", found[:1], "es") == "smaps (Salud mental y apoyo psicosocial)"
    assert len(found) == 2
    pasted = f"{'palabra ' * 3 * ENCODED}smaps"
    assert spelled_out(pasted, meanings(pasted), "es").split(" (") == [
        " ".join(["palabra"] * ENCODED), "Salud mental y apoyo psicosocial)"
    ]  # fmt: skip


def test_institutions_are_named_as_the_readers_language_has_them() -> None:
    for english, spanish in {
        "UNHCR (ReliefWeb)": "ACNUR (ReliefWeb)",
        "PAHO/WHO": "OPS/OMS",
        "Organization of American States (OAS)": "Organización de los Estados Americanos (OEA)",
        "IOM Panama": "OIM Panamá",
        "ICRC, UNHCR, OHCHR, NRC": "CICR, ACNUR, ACNUDH, NRC",
        "USA for UNHCR": "USA for UNHCR",
        "UNHCR Help Guatemala": "UNHCR Help Guatemala",
        "Canada": "Canadá",
        "": "",
    }.items():
        assert named_in("es", english) == spanish
        assert named_in("en", spanish) == english


def test_short_words_in_lower_case_are_words() -> None:
    assert meanings("what can a paper do") == []


def test_the_first_of_each_acronym_gets_a_tooltip_outside_links() -> None:
    html = with_tooltips('<p>MIRPS, <a href="https://example.org">MIRPS</a> and MIRPS &amp; MIRPSX</p>', "en")
    assert [tag for tag, _ in tags(html)].count("abbr") == 1
    assert html.startswith('<p><abbr title="Comprehensive Regional Protection and Solutions Framework">MIRPS</abbr>')


def test_every_tooltip_is_in_the_readers_language() -> None:
    assert tooltips("es")["UNHCR"] == tooltips("es")["ACNUR"]
    assert tooltips("en")["ACNUR"] == tooltips("en")["UNHCR"] != tooltips("es")["ACNUR"]


def test_the_vocabulary_is_whole_in_both_languages() -> None:
    for facet in vocabulary().facets():
        for name, term in vocabulary()[facet].items():
            assert set(term.label) == {"en", "es"}, (facet, name)
            assert set(term.definition) in ({"en", "es"}, set()), (facet, name)
    assert len(vocabulary()["gcm_objectives"]) == 23
    assert len(vocabulary()["sdgs"]) == 17
