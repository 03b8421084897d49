"""Connections to the store, and what a lost server is called.

Addresses are those of libpq: `postgresql://kb@db1,db2/practices` tries db1, then db2. Nothing of an address is ever said in a message
or a log: it may hold a password.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg.adapt import Dumper
from psycopg.conninfo import make_conninfo
from psycopg.pq import Format
from psycopg.sql import Composed
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from kb.errors import StoreError

CONNECTIONS = 8
"""Most connections of one process."""
STATEMENT_MS = 5000
CONNECT_SECONDS = 2
WAIT_SECONDS = 4.0
"""How long a question waits for a connection; less than a request may last."""
SEARCHED = 400
"""Nodes of the vector index that a search visits (`hnsw.ef_search`): four for each candidate that it returns."""

_LOST = "The store does not answer; try again in a moment, or look at its server with `kb store status`."
_SLOW = f"The store took more than {STATEMENT_MS // 1000} s for one question; ask again, or for less."
_OTHER = "The store holds no snapshot that this software can read; run `kb store push`."

Query = LiteralString | Composed
Rows = list[tuple[Any, ...]]


class _Vector(Dumper):
    """An array of float32 as pgvector reads it: where the query casts it to `vector`, in binary."""

    format = Format.BINARY

    def dump(self, obj: npt.NDArray[np.float32]) -> bytes:
        return struct.pack(">HH", len(obj), 0) + obj.astype(">f4").tobytes()


class Store:
    """A pool of reading connections. Safe to use from several threads at once.

    A connection that breaks is replaced, by one to the next host of the address where the first is gone; the question is then
    asked once more.
    """

    def __init__(self, address: str) -> None:
        self._pool = ConnectionPool(
            address,
            min_size=1,
            max_size=CONNECTIONS,
            open=True,
            timeout=WAIT_SECONDS,
            reconnect_timeout=WAIT_SECONDS,
            configure=_prepare,
            kwargs={
                "autocommit": True,
                "connect_timeout": CONNECT_SECONDS,
                "application_name": "kb",
                "options": f"-c statement_timeout={STATEMENT_MS} -c default_transaction_read_only=on",
            },
        )

    def rows(self, query: Query, values: Sequence[object] = ()) -> Rows:
        """The rows of an answer, read in binary form.

        Raises:
            StoreError: no server answers, the question took too long, or the tables are not there.
        """
        with store_errors():
            try:
                return self._ask(query, values)
            except psycopg.errors.QueryCanceled:
                raise
            except psycopg.OperationalError:
                self._pool.check()
                return self._ask(query, values)

    def _ask(self, query: Query, values: Sequence[object]) -> Rows:
        with self._pool.connection() as connection:
            return connection.cursor(binary=True).execute(query, values).fetchall()

    def close(self) -> None:
        self._pool.close()


def _prepare(connection: psycopg.Connection) -> None:
    connection.adapters.register_dumper(np.ndarray, _Vector)
    # With a filter the index goes on until it has found enough that pass.
    connection.execute("SELECT set_config('hnsw.ef_search', %s, false)", (str(SEARCHED),))
    connection.execute("SET hnsw.iterative_scan = strict_order")


@contextmanager
def writing_to(address: str) -> Iterator[psycopg.Connection]:
    """A connection to the primary, with one transaction around all that is done: it holds whole or not at all.

    Raises:
        StoreError: no server that may be written to answers, or it refuses.
    """
    with store_errors():
        target = make_conninfo(address, target_session_attrs="read-write", connect_timeout=CONNECT_SECONDS)
        with psycopg.connect(target, application_name="kb store") as connection:
            yield connection


@contextmanager
def store_errors() -> Iterator[None]:
    """Turns what the driver raises into one sentence.

    Raises:
        StoreError: always instead of a driver's error.
    """
    try:
        yield
    except psycopg.errors.QueryCanceled as error:
        raise StoreError(_SLOW) from error
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise StoreError(_OTHER) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise StoreError(
            f"The store refuses: {error.diag.message_primary}; see docs/scaling.md for the rights."
        ) from error
    except (psycopg.OperationalError, PoolTimeout, PoolClosed, TooManyRequests) as error:
        raise StoreError(_LOST) from error
    except psycopg.Error as error:
        raise StoreError(f"The store refuses: {error.diag.message_primary or type(error).__name__}.") from error
