"""Every operation of the real OpenAPI document, with generated requests that keep to it and that do not."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.api.serving import Server
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def openapi(server: Server) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(server.address + "/api/v1/openapi.json")


schema = schemathesis.pytest.from_fixture("openapi")


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_operation_withstands_everything(case: schemathesis.Case) -> None:
    response = case.call_and_validate()
    assert "Traceback" not in response.text
    assert str(ROOT) not in response.text
