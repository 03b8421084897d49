"""The documents of an agenda, as headings, paragraphs and tables that Word, Markdown and HTML are written from."""
