"""Every operation of the real OpenAPI document, with generated requests that keep to it and that do not."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.api.serving import Server
from tests.conftest import ROOT

QUESTIONS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Co"]), min_size=1, max_size=4000)
schemathesis.openapi.format("question", QUESTIONS.filter(lambda text: bool(text.strip())))


@pytest.fixture(scope="session")
def openapi(server: Server) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(server.address + "/api/v1/openapi.json")


schema = schemathesis.pytest.from_fixture("openapi")


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_operation_withstands_everything(case: schemathesis.Case) -> None:
    """No check is left out: statuses, content types and bodies as documented, good requests taken, bad ones refused."""
    response = case.call_and_validate()
    assert "Traceback" not in response.text
    assert str(ROOT) not in response.text
