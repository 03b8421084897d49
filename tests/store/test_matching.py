"""Peer learning over the store."""

from __future__ import annotations

import threading
from contextlib import closing

from kb.api.service import Service
from kb.learning.knowledge import Knowledge
from kb.learning.matching import Matching, matching_of
from kb.search.engine import SearchEngine
from kb.settings import Settings
from tests.api.serving import until
from tests.store.servers import Postgres


def test_commitments_are_matched_before_somebody_asks(
    stored: Settings, engine: SearchEngine, postgres: Postgres
) -> None:
    with closing(Service(stored)) as service:
        service.watch()
        until(lambda: any(thread.name == "matching" for thread in threading.enumerate()))
        until(lambda: not any(thread.name == "matching" for thread in threading.enumerate()), 300)
        matching, here = matching_of(service.engine), Matching(Knowledge(engine))
        postgres.kill()  # what was not matched by now could not be
        try:
            found = {name: matching.practices_for(one) for name, one in matching.knowledge.commitments.items()}
        finally:
            postgres.start()
    assert len(found) > 20
    for name, matches in found.items():
        wanted = here.practices_for(here.knowledge.commitments[name])
        assert [one.practice.id for one in matches] == [one.practice.id for one in wanted]
