"""What the page of data for machines shows."""

from __future__ import annotations

from kb.content.library import Library
from kb.sentences import translations
from kb.site import opendata, structured
from kb.site.urls import Urls


def data_values(library: Library, urls: Urls) -> dict[str, object]:
    """Numbers of entries and figures, and the `Dataset` that search engines for data read."""
    _ = translations(urls.lang).gettext
    counts = {kind: len(library.of_kind(kind)) for kind in opendata.KINDS}
    practices = library.practices
    counts["figures"] = sum(len(e.facts.results) + len(getattr(e.facts, "costs", ())) for e in practices)
    formats = [
        (urls.download(kind, ending), media) for kind in opendata.KINDS for ending, media in opendata.MEDIA.items()
    ]
    formats.append((urls.download("figures", "csv"), opendata.MEDIA["csv"]))
    description = _(
        "Practices, commitments and events of the MIRPS States and their partners, each fact with its source"
    )
    return {"counts": counts, "dataset": structured.dataset(urls.lang, urls, description, formats)}
