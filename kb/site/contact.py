"""How a reader tells the editors that something is wrong on a page."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def report_link(contact: str, subject: str, address: str) -> str:
    """A link that opens a message about one page; empty where there is nobody to write to.

    Args:
        contact: a role mailbox, or the web address of a repository's form for new issues (KB_CONTACT).
        subject: title of the page.
        address: whole address of the page.
    """
    if not contact:
        return ""
    if contact.startswith(("http://", "https://")):
        return f"{contact}{'&' if '?' in contact else '?'}{urlencode({'title': subject, 'body': address})}"
    return f"mailto:{contact}?{urlencode({'subject': subject, 'body': address}, quote_via=quote)}"
