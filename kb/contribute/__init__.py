"""Helps people who write practices: questions, new files, Word, near-duplicates, and what a reviewer sees."""
