"""Peer learning: which practices answer a State's need, and an agenda that can be sent out.

    request -> selection -> plan -> schedule -> agenda -> Word, calendar, Markdown, JSON
                              rules check what comes out, and know nothing of how it was made

Everything is read from a snapshot's documents and found by its search engine. Nothing is stored, nothing is invented: what is
said of a practice stands on its page.
"""
