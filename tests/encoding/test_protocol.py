from __future__ import annotations

import json

import pytest

from kb.encoding.protocol import EncoderInfo
from kb.errors import EncoderError

INFO = EncoderInfo("a model", "ab12", 384, 507, "query: ", "passage: ")


def test_info_survives_json() -> None:
    assert EncoderInfo.from_dict(json.loads(json.dumps(INFO.to_dict()))) == INFO


def test_info_ignores_what_else_a_manifest_holds() -> None:
    assert EncoderInfo.from_dict({**INFO.to_dict(), "built": "yesterday"}) == INFO


@pytest.mark.parametrize("wrong", [{"dimension": "384"}, {"dimension": True}, {"name": None}])
def test_info_of_the_wrong_shape_says_which_key_and_what_to_do(wrong: dict[str, object]) -> None:
    with pytest.raises(EncoderError, match=rf"{next(iter(wrong))}.*kb build"):
        EncoderInfo.from_dict({**INFO.to_dict(), **wrong})
