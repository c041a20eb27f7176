"""Webhooks: what a real server gets, and what becomes of answers it should not give."""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mail_servers import free_port, web_server

from weblog.delivery_errors import WebhookError
from weblog.site.alerts import Webhook
from weblog.webhook import FIRST_PAUSE, Hook, hook_of, post

NOW = datetime(2025, 12, 1, tzinfo=UTC)
BODY = '{"text": "전환"}'.encode()


def hook(url: str, **more: Any) -> Hook:
    rule = Webhook.model_validate({"webhook": "ops", "url": url, "secret_env": "HOOK", **more})
    return hook_of(rule, {"HOOK": "s3cret"})


def test_a_post_is_signed(tmp_path: Path) -> None:
    with web_server(tmp_path / "posts", 204) as web:
        post(hook(web.url), BODY, "alert-1", NOW)
        (got,) = web.posts
    stamp = str(int(NOW.timestamp()))
    expected = hmac.new(b"s3cret", f"{stamp}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert got["body"].encode() == BODY
    assert got["path"] == "/hook"
    assert got["headers"]["X-Weblog-Signature"] == f"sha256={expected}"
    assert got["headers"]["X-Weblog-Timestamp"] == stamp
    assert got["headers"]["Idempotency-Key"] == "alert-1"
    assert got["headers"]["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    ("answers", "posts", "problem"),
    [
        ((503, 200), 2, None),
        ((500, 429, 204), 3, None),
        ((500,), 3, "it answers 500"),
        ((404,), 1, "it answers 404"),
        ((302,), 1, r"it redirects \(302\)"),
        ((307,), 1, r"it redirects \(307\)"),
    ],
)
def test_answers(tmp_path: Path, answers: tuple[int, ...], posts: int, problem: str | None) -> None:
    pauses: list[float] = []
    with web_server(tmp_path / "posts", *answers) as web:
        if problem is None:
            post(hook(web.url), BODY, "n", NOW, pauses.append)
        else:
            with pytest.raises(WebhookError, match=problem):
                post(hook(web.url), BODY, "n", NOW, pauses.append)
        assert len(web.posts) == posts
        assert {each["path"] for each in web.posts} == {"/hook"}
    assert pauses == [FIRST_PAUSE * 2**n for n in range(posts - 1)]


def test_one_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    began = time.monotonic()
    with (
        web_server(tmp_path / "posts", 0) as web,
        pytest.raises(WebhookError, match=r"within 0\.3"),
    ):
        post(hook(web.url, timeout_seconds=0.3, tries=2), BODY, "n", NOW, lambda _: None)
    assert time.monotonic() - began < 10


def test_one_that_is_not_there(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    with pytest.raises(WebhookError, match="'ops': it cannot be reached"):
        post(hook(url, tries=1), BODY, "n", NOW)


def test_what_the_environment_must_hold() -> None:
    rule = Webhook.model_validate({"webhook": "ops", "url_env": "URL", "secret_env": "HOOK"})
    with pytest.raises(WebhookError, match="variable HOOK is not set"):
        hook_of(rule, {"URL": "https://example.com/s3cret"})
    with pytest.raises(WebhookError, match="what URL holds is no web address"):
        hook_of(rule, {"URL": "file:///etc/passwd", "HOOK": "x"})
    found = hook_of(rule, {"URL": "https://example.com/s3cret", "HOOK": "h1dden"})
    assert "s3cret" not in repr(found)
    assert "h1dden" not in repr(found)
