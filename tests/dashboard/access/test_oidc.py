"""The company's login by OpenID Connect, against a provider that runs, and attackers."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from logged_in import PASSWORDS, log_in, token_of, update
from oidc_provider import Claims, Key, Provider, b64, number, running
from werkzeug.test import TestResponse

from dashboard import create_app
from dashboard.access import Accounts
from dashboard.access.door import Door
from dashboard.access.errors import AccessError
from dashboard.access.oidc.settings import load_settings
from dashboard.access.opening import Readers, open_door
from weblog.site import Site
from weblog.store import Store

PUBLIC = "http://localhost"
GROUPS = {"web-analysts": "analyst", "marketing": "marketer"}
MINJI: Claims = {"email": "minji@example.com", "email_verified": True, "groups": ["marketing"]}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as made:
        made.redirect_uri = f"{PUBLIC}/oidc/back"
        made.user = dict(MINJI)
        yield made


@pytest.fixture
def file(provider: Provider, tmp_path: Path) -> Path:
    secret = tmp_path / "secret"
    secret.write_text(provider.client_secret)
    secret.chmod(0o600)
    made = tmp_path / "oidc.toml"
    made.write_text(
        f'issuer = "{provider.issuer}"\nclient_id = "weblog"\npublic_url = "{PUBLIC}"\n'
        'client_secret_file = "secret"\n'
    )
    return made


@pytest.fixture
def opened(store: Store, file: Path, folder: Path) -> Door:
    site = Site.model_validate({"dashboard": {"groups": GROUPS}})
    readers = Readers(oidc=str(file), folder=str(folder))
    return open_door(store.folder, site, readers, loopback=True)


@pytest.fixture
def company(store: Store, site: Site, opened: Door) -> Any:
    return create_app(store, site, door=opened).server


@pytest.fixture
def browser(company: Any) -> FlaskClient:
    client: FlaskClient = company.test_client()
    return client


def begin(browser: FlaskClient, back: str = "/") -> str:
    """Go to the provider; return where it leads back to."""
    away = browser.get("/oidc/login", query_string={"next": back})
    assert away.status_code == 303, away.text
    led = requests.get(away.location, allow_redirects=False, timeout=10)
    assert led.status_code == 303
    return led.headers["Location"].removeprefix(PUBLIC)


def enter(browser: FlaskClient, back: str = "/") -> TestResponse:
    return browser.get(begin(browser, back))


def is_in(browser: FlaskClient) -> bool:
    return update(browser).status_code == 200


def last_line(door: Door) -> dict[str, Any]:
    assert door.audit is not None
    return list(door.audit.lines())[-1]


def test_one_logs_in_and_is_led_where_one_wanted_to_go(
    browser: FlaskClient, opened: Door, provider: Provider
) -> None:
    assert browser.get("/content?period=7").location == "/login?next=/content%3Fperiod%3D7"
    page = browser.get("/login?next=/content%3Fperiod%3D7").text
    assert "/oidc/login?next=%2Fcontent%3Fperiod%3D7" in page
    assert 'name="password"' not in page  # there is no account with one
    answer = enter(browser, "/content?period=7")
    assert (answer.status_code, answer.location) == (303, "/content?period=7")
    assert is_in(browser)
    line = last_line(opened)
    assert (line["what"], line["who"], line["role"], line["how"]) == (
        "login", "minji@example.com", "marketer", "oidc",
    )  # fmt: skip
    assert browser.get("/customer").status_code == 200
    assert "minji@example.com" in browser.get("/account").text


def test_the_request_has_state_nonce_and_a_challenge_of_its_own(browser: FlaskClient) -> None:
    asked = [
        parse_qs(urlsplit(browser.get("/oidc/login").location).query, strict_parsing=True)
        for _ in range(2)
    ]
    for name in ("state", "nonce", "code_challenge"):
        values = [one[name][0] for one in asked]
        assert values[0] != values[1]
        assert min(len(value) for value in values) >= 43
    assert asked[0]["code_challenge_method"] == ["S256"]
    assert asked[0]["scope"] == ["openid email profile"]


def forged(claims: Claims, header: Claims, secret: bytes | None = None) -> str:
    said = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
    signature = b64(hmac.digest(secret, said.encode(), sha256)) if secret else ""
    return f"{said}.{signature}"


def attacks(provider: Provider) -> dict[str, Any]:
    """What an ID token must not be."""
    key, stranger = provider.key, Key("one")
    public = json.dumps(key.public()).encode()

    def with_claims(**more: Any) -> Any:
        return lambda claims: key.sign({**claims, **more})

    def without(name: str) -> Any:
        return lambda claims: key.sign({one: claims[one] for one in claims if one != name})

    return {
        "alg none": lambda claims: forged(claims, {"alg": "none"}),
        "alg None": lambda claims: forged(claims, {"alg": "None", "kid": "one"}),
        "public key as a secret": lambda claims: forged(
            claims, {"alg": "HS256", "kid": "one"}, public
        ),
        "client secret as key": lambda claims: forged(
            claims, {"alg": "HS256"}, provider.client_secret.encode()
        ),
        "another key of that name": stranger.sign,
        "another key": Key("two").sign,
        "a key that came along": lambda claims: stranger.sign(claims, jwk=stranger.public()),
        "signature of another": lambda claims: ".".join(
            [*key.sign(claims).split(".")[:2], key.sign({"sub": "x"}).split(".")[2]]
        ),
        "no signature": lambda claims: key.sign(claims).rpartition(".")[0] + ".",
        "no token": lambda claims: "x",
        "expired": lambda claims: key.sign({**claims, "exp": claims["exp"] - 300 - 61}),
        "from the future": lambda claims: key.sign({**claims, "iat": claims["iat"] + 120}),
        "not yet": lambda claims: key.sign({**claims, "nbf": claims["iat"] + 120}),
        "wrong nonce": with_claims(nonce="of another login"),
        "wrong audience": with_claims(aud="another client"),
        "several, for another": with_claims(aud=["weblog", "other"], azp="other"),
        "several, for whom?": with_claims(aud=["weblog", "other"]),
        "wrong issuer": with_claims(iss="https://login.example.org"),
        "no nonce": without("nonce"),
        "no expiry": without("exp"),
        "no subject": without("sub"),
        "no audience": without("aud"),
        "no issuer": without("iss"),
    }


def test_a_token_that_is_not_as_it_must_be_lets_nobody_in(
    browser: FlaskClient, opened: Door, provider: Provider
) -> None:
    for name, sign in attacks(provider).items():
        provider.sign = sign
        answer = enter(browser)
        assert answer.status_code == 403, name
        assert "could not be verified" in answer.text, name
        assert not is_in(browser), name
        line = last_line(opened)
        assert (line["what"], line["detail"]) == ("login_failed", "oidc: token"), name
    provider.sign = None
    assert enter(browser).status_code == 303


def test_clocks_may_differ_a_little(browser: FlaskClient, provider: Provider) -> None:
    provider.sign = lambda claims: provider.key.sign(
        {**claims, "exp": claims["exp"] - 300 - 30, "iat": claims["iat"] + 30}
    )
    assert enter(browser).status_code == 303


def test_an_answer_is_for_the_browser_that_asked_and_for_once(
    company: Any, browser: FlaskClient, provider: Provider
) -> None:
    answer = begin(browser)
    stranger = company.test_client()
    assert stranger.get(answer).status_code == 400  # login of another in my browser
    stranger.get("/oidc/login")
    assert stranger.get(answer).status_code == 400
    query = {name: values[0] for name, values in parse_qs(urlsplit(answer).query).items()}
    wrong = {**query, "state": "x" * 43}
    assert browser.get("/oidc/back", query_string=wrong).status_code == 400
    twice = f"{answer}&state=y"
    assert browser.get(twice).status_code == 400
    assert browser.get(answer).status_code == 303
    browser.post("/logout", data={"token": token_of(browser.get("/account"))})
    assert browser.get(answer).status_code == 400  # replayed
    assert not is_in(browser)


def test_a_code_is_good_once_and_only_with_its_verifier(
    company: Any, browser: FlaskClient, opened: Door
) -> None:
    """A code that was read on its way is put into a login of the thief's own."""
    stolen = parse_qs(urlsplit(begin(browser)).query)["code"][0]
    thief = company.test_client()
    state = parse_qs(urlsplit(thief.get("/oidc/login").location).query)["state"][0]
    answer = thief.get("/oidc/back", query_string={"state": state, "code": stolen})
    assert (answer.status_code, last_line(opened)["detail"]) == (403, "oidc: code")
    assert not is_in(thief)


def test_the_answer_of_another_provider_is_refused(browser: FlaskClient) -> None:
    answer = begin(browser).partition("&iss=")[0] + "&iss=https://login.example.org"
    assert browser.get(answer).status_code == 403
    assert not is_in(browser)


@pytest.mark.parametrize(
    "back",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/%0d%0aSet-Cookie: a=b",
     "javascript:alert(1)", "\t//evil.example", "/login", "/oidc/login", "http:evil.example"],
)  # fmt: skip
def test_after_the_login_one_stays_here(browser: FlaskClient, back: str) -> None:
    target = enter(browser, back).location
    assert urlsplit(target).netloc == ""
    assert target in {"/", "/%0d%0aSet-Cookie:%20a=b"}


@pytest.mark.parametrize(
    ("claims", "status", "role"),
    [
        ({"groups": ["web-analysts", "marketing"]}, 303, "analyst"),
        ({"groups": "marketing"}, 303, "marketer"),
        ({"groups": ["Marketing", 7, None]}, 403, None),
        ({"groups": []}, 403, None),
        ({"groups": {"marketing": True}}, 403, None),
        ({"email_verified": False}, 403, None),
        ({"email": ""}, 403, None),
        ({"email": ["minji@example.com"]}, 403, None),
        ({"email": "viewer", "groups": []}, 303, "viewer"),  # an account's role wins
        ({"email": "ViEwEr", "groups": ["web-analysts"]}, 303, "viewer"),
    ],
)
def test_the_role_is_that_of_the_account_else_of_the_groups(  # noqa: PLR0917
    browser: FlaskClient,
    opened: Door,
    provider: Provider,
    claims: Claims,
    status: int,
    role: str | None,
) -> None:
    assert opened.accounts is not None
    opened.accounts.add("viewer", "viewer", None)
    provider.user = {**MINJI, **claims}
    assert enter(browser).status_code == status
    assert last_line(opened)["role"] == role
    assert is_in(browser) is (status == 303)


def test_what_userinfo_tells_counts_if_it_is_of_the_same_reader(
    browser: FlaskClient, provider: Provider, opened: Door
) -> None:
    provider.user = {}
    provider.told = {**MINJI, "sub": "s-2"}
    assert enter(browser).status_code == 403
    provider.told = dict(MINJI)
    assert enter(browser).status_code == 303
    assert last_line(opened)["who"] == "minji@example.com"


def test_a_locked_account_and_a_removed_group_end_it(
    browser: FlaskClient, opened: Door, store: Store, site: Site
) -> None:
    assert opened.accounts is not None
    opened.accounts.add("minji@example.com", "viewer", None)
    assert enter(browser).status_code == 303
    assert is_in(browser)
    opened.accounts.lock("minji@example.com")
    assert not is_in(browser)
    assert enter(browser).status_code == 403


def test_logging_out_leads_to_the_providers_logout(
    browser: FlaskClient, provider: Provider
) -> None:
    enter(browser)
    page = browser.get("/account")
    assert 'name="old_password"' not in page.text
    # Browsers hold what a form is redirected to to this list, too.
    assert f"form-action 'self' {provider.issuer};" in page.headers["Content-Security-Policy"]
    assert browser.post("/account", data={"token": token_of(page)}).status_code == 400
    answer = browser.post("/logout", data={"token": token_of(page)})
    led = requests.get(answer.location, allow_redirects=False, timeout=10)
    assert led.headers["Location"] == f"{PUBLIC}/login"
    assert len(provider.logged_out[0].split(".")) == 3
    assert not is_in(browser)


def test_who_refuses_at_the_provider_is_told_so(browser: FlaskClient, provider: Provider) -> None:
    provider.user = None
    answer = enter(browser)
    assert (answer.status_code, "let nobody in" in answer.text) == (403, True)


def test_a_provider_that_is_down_is_told_and_not_asked_again_at_once(
    browser: FlaskClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.published = {"issuer": "https://login.example.org"}
    assert browser.get("/oidc/login").status_code == 503
    assert "does not answer" in browser.get("/oidc/login").text
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_a_secret_is_not_sent_without_tls(browser: FlaskClient, provider: Provider) -> None:
    provider.published = {"token_endpoint": "http://login.example.org/token"}
    assert browser.get("/oidc/login").status_code == 503


def test_keys_may_change(browser: FlaskClient, provider: Provider, opened: Door) -> None:
    assert enter(browser).status_code == 303
    provider.key = Key("two")
    assert opened.company is not None
    keys = opened.company.provider
    assert enter(browser).status_code == 403  # asked for a moment ago
    keys._keys_at -= 31
    assert enter(browser).status_code == 303
    assert provider.asked.count("/keys") == 2


def test_a_login_begun_long_ago_is_over(
    browser: FlaskClient, opened: Door, provider: Provider
) -> None:
    answer = begin(browser)
    assert opened.accounts is not None
    opened.accounts.folder.connection().execute("update handshakes set at = at - 601")
    assert browser.get(answer).status_code == 400


def test_sessions_end_as_those_of_accounts_do(browser: FlaskClient, opened: Door) -> None:
    enter(browser)
    assert opened.accounts is not None
    opened.accounts.folder.connection().execute("update guests set seen = seen - 3601")
    assert not is_in(browser)


def test_passwords_go_on_beside_it(
    store: Store, site: Site, opened: Door, four_accounts: Accounts
) -> None:
    assert opened.accounts is not None
    opened.accounts.add("viewer", "viewer", PASSWORDS["viewer"])
    client = create_app(store, site, door=opened).server.test_client()
    page = client.get("/login").text
    assert 'name="password"' in page
    assert "/oidc/login" in page
    assert log_in(client, "viewer", PASSWORDS["viewer"]).status_code == 303


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"issuer": "http://login.example.com"}, "issuer: expected an address such as https"),
        ({"issuer": "https://a:b@login.example.com"}, "issuer: expected an address"),
        ({"public_url": "https://stats.example.com/x"}, "public_url: expected scheme and host"),
        ({"scopes": ["email"]}, 'scopes: expected "openid"'),
        ({"leeway": 5}, "leeway: Extra inputs are not permitted. There are: issuer, client_id"),
        ({"client_secret": "x"}, "does not belong into this file"),
        ({"client_secret_file": "nowhere"}, "nowhere cannot be read"),
        ({"client_id": ""}, "client_id: String should have at least 1"),
    ],
)
def test_what_is_wrong_with_the_settings_is_said(
    file: Path, change: dict[str, Any], told: str
) -> None:
    lines = [line for line in file.read_text().splitlines() if line.split()[0] not in change]
    file.write_text("\n".join([*lines, *(f"{one} = {json.dumps(change[one])}" for one in change)]))
    with pytest.raises(AccessError, match=r"oidc\.toml|nowhere") as error:
        load_settings(file)
    assert told in str(error.value)


def test_a_secret_everybody_can_read_is_refused(file: Path) -> None:
    (file.parent / "secret").chmod(0o644)
    with pytest.raises(AccessError, match="chmod"):
        load_settings(file)


def test_the_secret_may_stand_in_the_environment(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(file.read_text().replace('client_secret_file = "secret"\n', ""))
    monkeypatch.setenv("WEBLOG_OIDC_SECRET", "of the environment")
    settings = load_settings(file)
    assert settings.client_secret.get_secret_value() == "of the environment"
    assert "of the environment" not in repr(settings)


def test_what_contradicts_itself_is_refused(store: Store, file: Path, folder: Path) -> None:
    readers = Readers(oidc=str(file), folder=str(folder), login=False)
    with pytest.raises(AccessError, match="--no-login"):
        open_door(store.folder, Site(), readers, loopback=True)


def test_without_it_there_are_no_such_addresses(store: Store, site: Site, door: Door) -> None:
    client = create_app(store, site, door=replace(door)).server.test_client()
    assert client.get("/oidc/login").location.startswith("/login?next=")
    assert number(65537) == "AQAB"
