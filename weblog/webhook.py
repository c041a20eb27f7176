"""Post JSON to a webhook: signed, with a time limit, tried again where that can help.

The receiver checks two headers against a secret both know::

    X-Weblog-Timestamp: 1764547200
    X-Weblog-Signature: sha256=HEX     HMAC-SHA256 of "TIMESTAMP.BODY", in hexadecimal digits

(RFC 2104; the time is signed too, so that an old message cannot be played again.)
``Idempotency-Key`` is the message's id: one that comes twice, after a crash here, has the same.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from weblog import __version__
from weblog.delivery_errors import WebhookError
from weblog.site.alerts import Webhook

FIRST_PAUSE: Final = 0.5
"""Seconds before the second try; each further pause is twice as long."""

_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which another try may succeed."""

_MOST: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook with what the environment knows of it."""

    rule: Webhook
    url: str = field(repr=False)
    secret: bytes | None = field(default=None, repr=False)


def hook_of(rule: Webhook, environment: Mapping[str, str]) -> Hook:
    """Return a webhook as it can be called.

    Raises:
        WebhookError: an environment variable it names is not set.
    """
    found = {
        name: environment.get(name) for name in (rule.url_env, rule.secret_env) if name is not None
    }
    for name, value in found.items():
        if not value:
            problem = f"the environment variable {name} is not set"
            raise WebhookError(rule.webhook, problem, "Set it where `weblog alerts check` runs.")
    secret = found[rule.secret_env] if rule.secret_env else None
    url = rule.url or str(found[rule.url_env or ""])
    if not url.startswith(("http://", "https://")):
        raise WebhookError(rule.webhook, f"what {rule.url_env} holds is no web address")
    return Hook(rule, url, secret.encode() if secret else None)


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """Return what header X-Weblog-Signature says.

    >>> signature(b"secret", 1764547200, b"{}")[:20]
    'sha256=200173556ba18'
    """
    signed = b"%d.%b" % (timestamp, body)
    return f"sha256={hmac.new(secret, signed, hashlib.sha256).hexdigest()}"


def post(
    hook: Hook, body: bytes, number: str, at: datetime, pause: Callable[[float], None] = time.sleep
) -> None:
    """Post a message; return once the receiver has taken it (an answer of 2xx).

    Args:
        hook: where to.
        body: JSON.
        number: the message's id.
        at: now.
        pause: waits between two tries.

    Raises:
        WebhookError: it was not taken: refused, redirected, out of reach, too slow.
    """
    stamp = int(at.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"weblog/{__version__}",
        "Idempotency-Key": number,
        "X-Weblog-Timestamp": str(stamp),
    }
    if hook.secret is not None:
        headers["X-Weblog-Signature"] = signature(hook.secret, stamp, body)
    for left in range(hook.rule.tries - 1, -1, -1):
        problem, is_final = _posted(hook, body, headers)
        if not problem:
            return
        if is_final or not left:
            raise WebhookError(hook.rule.webhook, problem, "It is tried again by the next run.")
        pause(FIRST_PAUSE * 2 ** (hook.rule.tries - 1 - left))


def _posted(hook: Hook, body: bytes, headers: Mapping[str, str]) -> tuple[str, bool]:
    """Try once; return what is wrong, and whether trying again at once is vain."""
    request = urllib.request.Request(hook.url, body, dict(headers), method="POST")  # noqa: S310
    try:
        with _OPENER.open(request, timeout=hook.rule.timeout_seconds) as answer:
            answer.read(_MOST)
    except urllib.error.HTTPError as error:
        with error:
            if 300 <= error.code < 400:
                return f"it redirects ({error.code}), which is not followed", True
            return f"it answers {error.code} {error.reason}", error.code not in _AGAIN
    except urllib.error.URLError as error:
        return _unreached(error.reason, hook), False
    except (OSError, http.client.HTTPException) as error:
        return _unreached(error, hook), False
    return "", True


def _unreached(reason: object, hook: Hook) -> str:
    if isinstance(reason, TimeoutError):
        return f"no answer within {hook.rule.timeout_seconds:g} s"
    return f"it cannot be reached ({reason})"


def _opener() -> urllib.request.OpenerDirector:
    """Return what opens addresses, but follows no redirect: a message is for one address."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


_OPENER: Final = _opener()
