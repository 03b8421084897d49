"""The schema of the store, step by step: each file of this folder is run once, in the order of its number."""

from __future__ import annotations

from importlib.resources import files

import psycopg
from psycopg import sql

_LOCK = 7_164_221
"""Key of the advisory lock that whoever changes the store holds: one at a time."""

PARTITIONED = ("passage", "posting")
"""Tables that have a partition for each language of each snapshot."""


def partition(table: str, part: int) -> sql.Identifier:
    """The partition of a table that holds one language of one snapshot."""
    return sql.Identifier("kb", f"{table}_{part}")


def steps() -> dict[int, str]:
    """The steps by number, in order."""
    found = {int(one.name[:4]): one.read_text("utf-8") for one in files(__name__).iterdir() if one.name[:4].isdigit()}
    return dict(sorted(found.items()))


def migrate(connection: psycopg.Connection) -> int:
    """Brings the schema up to date within the transaction that is open; returns how many steps were missing.

    Holds the lock of the store until the transaction ends.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public")
    connection.execute("CREATE SCHEMA IF NOT EXISTS kb")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS kb.migration (number integer PRIMARY KEY, done timestamptz NOT NULL)"
    )
    done = {number for (number,) in connection.execute("SELECT number FROM kb.migration")}
    missing = {number: text for number, text in steps().items() if number not in done}
    for number, text in missing.items():
        connection.execute(sql.SQL(text))
        connection.execute("INSERT INTO kb.migration VALUES (%s, now())", (number,))
    return len(missing)
