"""What a role sees of a person."""

from __future__ import annotations

import pytest

from reports.card.roles import as_seen
from weblog.errors import UnknownNameError


@pytest.mark.parametrize(
    ("column", "value", "seen"),
    [
        ("name", "김하나", "김**"),
        ("name", "Kim", "K**"),
        ("name", "김", "김*"),
        ("email", "hana.kim@mail.example", "h***@***.example"),
        ("email", "hana@intranet", "h***@***"),
        ("email", "no address", "***"),
        ("phone", "010-1234-5678", "***-****-5678"),
        ("phone", "1234", "****"),
        ("birth_date", "1983-04-05", "1983-**-**"),
        ("occupation", "office worker", "office worker"),
        ("name", None, None),
    ],
)
def test_a_marketer_sees_personal_data_masked(
    column: str, value: str | None, seen: str | None
) -> None:
    assert as_seen({column: value}, "marketer") == {column: seen}
    assert as_seen({column: value}, "analyst") == {column: value}


def test_an_unknown_role_sees_nothing() -> None:
    with pytest.raises(UnknownNameError, match=r"'viewer'.*marketer, analyst"):
        as_seen({"name": "Kim"}, "viewer")
