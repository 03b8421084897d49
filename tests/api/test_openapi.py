"""Every operation of the real OpenAPI document, with generated requests that keep to it and that do not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.api.serving import Server
from tests.conftest import ROOT

EXAMPLES = 15
AGENDA = "/api/v1/agenda"
"""A request for an agenda can keep to its schema and still ask for what no day holds; tests/api/test_learning.py tries it."""


def test_every_operation_withstands_everything(server: Server, tmp_path: Path) -> None:
    """All checks of Schemathesis: statuses, headers and bodies as documented, good requests taken, bad ones refused."""
    document = server.address + "/api/v1/openapi.json"
    options = [
        "--checks",
        "all",
        "--max-examples",
        str(EXAMPLES),
        "--seed",
        "1",
        "--no-color",
        "--exclude-path",
        AGENDA,
    ]
    done = subprocess.run(
        [Path(sys.executable).with_name("schemathesis"), "run", document, *options, "--report-dir", tmp_path],
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.api.openapi_hooks", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    paths = server.get("/api/v1/openapi.json").json()["paths"]
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert tested
    operations = sum(len(methods) for path, methods in paths.items() if path != AGENDA)
    assert int(tested[1]) == operations
