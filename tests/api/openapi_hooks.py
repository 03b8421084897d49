"""What Schemathesis has to know besides the document: how a question looks, and what no answer may hold. It loads this by name."""

from __future__ import annotations

import schemathesis
from hypothesis import strategies as st

from tests.conftest import ROOT

QUESTIONS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Co"]), min_size=1, max_size=200)
schemathesis.openapi.format("question", QUESTIONS.filter(lambda text: bool(text.strip())))


@schemathesis.check
def nothing_leaks(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case) -> None:
    for secret in ("Traceback", str(ROOT), ".py"):
        assert secret not in response.text, f"the answer holds {secret!r}"
