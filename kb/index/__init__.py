"""Passages and the snapshots that hold them: build, layout, lexical and vector sides."""
