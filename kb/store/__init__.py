"""Snapshots in PostgreSQL with pgvector, for when one machine is not enough: schema, publishing, reading."""
