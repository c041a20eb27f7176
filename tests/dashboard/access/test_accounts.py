"""Accounts, their passwords, and the folder they lie in."""

from __future__ import annotations

import stat
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.access import Accounts
from dashboard.access.accounts import account_name
from dashboard.access.errors import AccessError, PasswordError
from dashboard.access.passwords import agrees, check_password, hashed
from dashboard.access.sessions import Sessions
from weblog.errors import UnknownNameError

GOOD = "velvet harbour lantern 8"


@pytest.fixture
def accounts(folder: Path) -> Accounts:
    return Accounts.of(folder)


def test_a_name_is_one_however_it_is_typed(accounts: Accounts) -> None:
    accounts.add("김민지", "marketer", GOOD)
    accounts.add("Kim.Minji@Example.com", "viewer", GOOD)
    decomposed = unicodedata.normalize("NFD", "김민지")
    assert decomposed != "김민지"
    found = accounts.check(decomposed, GOOD)
    assert found is not None
    assert found.name == "김민지"
    assert accounts.get(" KIM.MINJI@example.COM ").role == "viewer"
    assert accounts.get("ｋｉｍ.minji@example.com").role == "viewer"
    with pytest.raises(AccessError, match="already"):
        accounts.add("KIM.minji@example.com", "viewer", GOOD)


@pytest.mark.parametrize(
    "name",
    ["", " ", "a b", "a,b", "a\0b", "a\nb", "\u202eadmin", "ad\u200bmin", "<b>", "a" * 65, "=x"],
)
def test_what_is_no_name_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccessError, match="cannot be the name"):
        accounts.add(name, "viewer", GOOD)
    assert accounts.find(name) is None
    assert accounts.check(name, GOOD) is None


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_a_name_spelled_once_stays_as_it_is(name: str) -> None:
    try:
        spelled = account_name(name)
    except AccessError:
        return
    assert account_name(spelled) == spelled


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "fewer than 12"),
        ("password1234", "tried first"),
        ("Password1234!", "tried first"),
        ("P@ssw0rd2025", "tried first"),
        ("qwertyuiop12", "tried first"),
        ("1qaz2wsx3edc", "tried first"),
        ("123456789012", "tried first"),
        ("aaaaaaaaaaaaaaaa", "tried first"),
        ("minji.kim1234", "tried first"),
        ("hanbitlife2025", "tried first"),
        ("x" * 257, "more than 256"),
        ("velvet harbour\0lantern", "control characters"),
    ],
)
def test_a_password_easily_guessed_is_refused(accounts: Accounts, password: str, told: str) -> None:
    with pytest.raises(PasswordError, match=told):
        accounts.add("minji.kim", "viewer", password, about="Hanbit Life hanbitlife")
    assert accounts.all() == []


@pytest.mark.parametrize("password", [GOOD, "바람 부는 항구의 등불 여덟", "moss-4-quilt-anvil"])
def test_a_good_password_is_taken(password: str) -> None:
    check_password(password, ("kim",))


def test_passwords_are_kept_as_argon2id_with_a_salt() -> None:
    first, second = hashed(GOOD), hashed(GOOD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert agrees(first, GOOD)
    assert agrees(first, GOOD.replace("v", "ｖ"))  # full width: the same key on some keyboards
    assert not agrees(first, GOOD + " ")
    assert not agrees(None, "of nobody")


def test_nothing_typed_lies_in_the_folder(accounts: Accounts, folder: Path) -> None:
    accounts.add("kim", "viewer", GOOD)
    secret = Sessions(accounts).begin("kim")
    token = accounts.make_token("kim")
    accounts.folder.connection().execute("pragma wal_checkpoint(truncate)")
    for file in folder.iterdir():
        for text in (GOOD, secret, token):
            assert text.encode() not in file.read_bytes(), file


def test_the_folder_is_its_owners_alone(accounts: Accounts, folder: Path) -> None:
    accounts.add("kim", "viewer", GOOD)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    (folder / "accounts.db").chmod(0o644)
    with pytest.raises(AccessError, match=r"mode 644.*chmod 600"):
        Accounts.of(folder)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="--access"):
        Accounts.of(tmp_path / "no" / "such" / "folder")


def test_two_openings_share_one_key(folder: Path) -> None:
    assert Accounts.of(folder).folder.key == Accounts.of(folder).folder.key


def test_what_changes_an_account_ends_its_sessions(accounts: Accounts) -> None:
    sessions = Sessions(accounts)
    accounts.add("kim", "viewer", GOOD)
    accounts.add("lee", "viewer", GOOD)
    of_lee = sessions.begin("lee")
    first = sessions.begin("kim")
    accounts.set_role("kim", "analyst")
    assert sessions.find(first) == ("kim", "analyst")
    accounts.set_password("kim", "another velvet harbour 9")
    assert sessions.find(first) is None
    assert accounts.check("kim", GOOD) is None
    second = sessions.begin("kim")
    accounts.lock("kim")
    assert sessions.find(second) is None
    assert accounts.check("kim", "another velvet harbour 9") is None
    accounts.lock("kim", locked=False)
    assert accounts.check("kim", "another velvet harbour 9") is not None
    third = sessions.begin("kim")
    accounts.remove("kim")
    assert sessions.find(third) is None
    assert accounts.find("kim") is None
    assert sessions.find(of_lee) == ("lee", "viewer")


def test_an_account_without_a_password_has_none_that_fits(accounts: Accounts) -> None:
    accounts.add("kim", "viewer", None)
    assert not accounts.get("kim").has_password
    for guess in ("", "of nobody", "None"):
        assert accounts.check("kim", guess) is None


def test_what_is_asked_of_no_account_names_a_near_one(accounts: Accounts) -> None:
    accounts.add("minji", "viewer", None)
    with pytest.raises(AccessError, match="Did you mean 'minji'"):
        accounts.set_role("minij", "admin")
    with pytest.raises(UnknownNameError, match="viewer"):
        accounts.set_role("minji", "root")
