"""Links in Word files, which python-docx has no call for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from kb.word.document import ACCENT

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph


def add_link(paragraph: Paragraph, address: str, text: str) -> None:
    """Adds text that leads to a web address, underlined as readers expect."""
    number = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), number)
    run = paragraph.add_run(text)
    run.font.underline = True
    run.font.color.rgb = ACCENT
    # A run belongs to the paragraph; moved into the link it keeps its look.
    link.append(run._r)
    paragraph._p.append(link)
