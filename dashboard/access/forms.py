"""The pages of the login: HTML without a script, and without anything from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final
from urllib.parse import urlencode

from dashboard.access.passwords import LONGEST, SHORTEST
from dashboard.access.roles import Reader
from dashboard.access.words import access_word
from dashboard.language import NAMES
from dashboard.theme import PAGE_FONT, chosen_theme
from reports.figures.theme import THEMES

_VARIABLES: Final = ("background", "surface", "border", "text", "muted", "accent", "compare", "bad")


def _colours(theme: str) -> str:
    return "".join(f"--{name}:{getattr(THEMES[theme], name)};" for name in _VARIABLES)


CSS: Final = f"""
:root{{color-scheme:light dark;{_colours("light")}}}
@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{_colours("dark")}}}}}
:root[data-theme=light]{{color-scheme:light}}
:root[data-theme=dark]{{color-scheme:dark;{_colours("dark")}}}
*{{box-sizing:border-box}}
body{{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px 16px;
background:var(--background);color:var(--text);font:16px/1.5 {PAGE_FONT};word-break:keep-all}}
main{{width:100%;max-width:400px;background:var(--surface);border:1px solid var(--border);
border-radius:14px;padding:28px 26px;overflow-wrap:anywhere}}
.site{{margin:0;color:var(--muted);font-size:14px}}
h1{{font-size:22px;line-height:1.3;margin:2px 0 18px}}h2{{font-size:16px;margin:26px 0 10px}}
label{{display:block;font-size:14px;margin:14px 0 4px}}
input{{width:100%;height:44px;padding:0 12px;font:inherit;color:var(--text);
background:var(--background);border:1px solid var(--compare);border-radius:8px}}
button{{width:100%;height:44px;margin-top:20px;font:inherit;font-weight:600;cursor:pointer;
color:var(--surface);background:var(--accent);border:1px solid var(--accent);border-radius:8px}}
a.button{{display:block;height:44px;line-height:42px;margin-top:8px;text-align:center;
text-decoration:none;font-weight:600;color:var(--surface);background:var(--accent);
border:1px solid var(--accent);border-radius:8px}}
.or{{margin:22px 0 0;padding-top:16px;border-top:1px solid var(--border);color:var(--muted);
font-size:14px}}
button.quiet{{color:var(--text);background:none;border-color:var(--compare)}}
:focus-visible{{outline:2px solid var(--accent);outline-offset:2px}}
.told{{margin:0 0 4px;padding:10px 12px;border:1px solid var(--border);
border-left:3px solid var(--bad);border-radius:8px;font-size:15px}}
.told.good{{border-left-color:var(--accent)}}
.muted{{color:var(--muted);font-size:14px;margin:16px 0 0}}
a{{color:var(--text);text-underline-offset:3px}}
dl{{display:grid;grid-template-columns:max-content 1fr;gap:4px 14px;margin:0}}
dt{{color:var(--muted)}}dd{{margin:0}}
"""


def policy(form_target: str = "") -> str:
    """Return the policy of these pages: not even a script of our own.

    ``form_target``: where a form may lead beside ours (browsers hold redirects to it, too).
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{b64encode(sha256(CSS.encode()).digest()).decode()}'",
            "img-src 'self'",
            f"form-action 'self' {form_target}".rstrip(),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


POLICY: Final = policy()


def login_page(
    language: str,
    site_name: str,
    *,
    token: str,
    back: str,
    name: str = "",
    told: str = "",
    company: bool = False,
    passwords: bool = True,
) -> str:
    """Return the page to log in by.

    Args:
        language: "en" or "ko".
        site_name: what the site is called.
        token: shows that the form is ours.
        back: where to go after it.
        name: as typed before.
        told: why it did not work.
        company: the company's login leads here, too.
        passwords: accounts have passwords.
    """
    ways = _company(language, back, alone=not passwords) if company else ""
    if not passwords and company:
        body = f"{_told(told)}{ways}{_other(language, back)}"
        return page(access_word("log_in", language), body, language, site_name)
    first, second = ("", " autofocus") if name else (" autofocus", "")
    body = (
        f"{_told(told)}{ways}"
        '<form method="post" action="/login">'
        f'<input type="hidden" name="token" value="{escape(token)}">'
        f'<input type="hidden" name="next" value="{escape(back)}">'
        f'<label for="name">{_word("name", language)}</label>'
        f'<input id="name" name="name" value="{escape(name)}" autocomplete="username" '
        f'autocapitalize="none" spellcheck="false" maxlength="200" required{first}>'
        f'<label for="password">{_word("password", language)}</label>'
        f'<input id="password" name="password" type="password" autocomplete="current-password" '
        f'maxlength="{LONGEST}" required{second}>'
        f"<button>{_word('log_in', language)}</button></form>"
        f'<p class="muted">{_word("forgotten", language)}</p>{_other(language, back)}'
    )
    return page(access_word("log_in", language), body, language, site_name)


def account_page(
    language: str, site_name: str, reader: Reader, *, token: str, told: str = "", good: bool = False
) -> str:
    """Return the page of one's own account: name, role, password, logout."""
    facts = (
        f"<dl><dt>{_word('name', language)}</dt><dd>{escape(reader.name)}</dd>"
        f"<dt>{_word('role', language)}</dt><dd>{_word(reader.role, language)}</dd></dl>"
    )
    hidden = f'<input type="hidden" name="token" value="{escape(token)}">'
    leave = (
        f'<form method="post" action="/logout">{hidden}'
        f'<button class="quiet">{_word("log_out", language)}</button></form>'
    )
    if reader.how == "oidc":
        own = f'<p class="muted">{_word("known_by_oidc", language)}</p>{leave}'
    elif reader.how != "password":
        own = f'<p class="muted">{_word("known_by_proxy", language)}</p>'
    else:
        fields = "".join(
            f'<label for="{name}">{_word(name, language)}</label>'
            f'<input id="{name}" name="{name}" type="password" autocomplete="{kind}" '
            f'maxlength="{LONGEST}" required>'
            for name, kind in (
                ("old_password", "current-password"),
                ("new_password", "new-password"),
                ("new_again", "new-password"),
            )
        )
        own = (
            f"{leave}<h2>{_word('change_password', language)}</h2>{_told(told, good=good)}"
            f'<form method="post" action="/account">{hidden}{fields}'
            f'<p class="muted">{escape(access_word("at_least", language, count=SHORTEST))}</p>'
            f"<button>{_word('change', language)}</button></form>"
        )
    back = f'<p class="muted"><a href="/">{_word("to_dashboard", language)}</a></p>'
    return page(access_word("account", language), facts + own + back, language, site_name)


def refused_page(language: str, site_name: str, role: str | None, *, enters: bool = True) -> str:
    """Return the page for who may not see what they asked for, or not ``enters`` this site."""
    told = "unknown_reader" if role is None else "refused_help" if enters else "refused_site"
    body = f"<p>{escape(access_word(told, language, role=_role(role, language)))}</p>"
    if role is not None:
        body += f'<p class="muted"><a href="/">{_word("to_dashboard", language)}</a></p>'
    return page(access_word("refused", language), body, language, site_name)


def _role(role: str | None, language: str) -> str:
    """Return what a role is called, without what it sees."""
    return access_word(role, language).partition(":")[0] if role else ""


def page(title: str, body: str, language: str, site_name: str) -> str:
    """Return a whole document around ``body``, which is HTML."""
    site = site_name or "Weblog insight"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"{chosen_theme()}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)} · {escape(site)}</title>"
        '<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">'
        f"<style>{CSS}</style></head>\n"
        f'<body><main><p class="site">{escape(site)}</p><h1>{escape(title)}</h1>{body}'
        "</main></body></html>\n"
    )


def _word(key: str, language: str) -> str:
    return escape(access_word(key, language))


def _told(told: str, *, good: bool = False) -> str:
    kind = "told good" if good else "told"
    role = "status" if good else "alert"
    return f'<p class="{kind}" role="{role}">{escape(told)}</p>' if told else ""


def _company(language: str, back: str, *, alone: bool) -> str:
    way = escape(urlencode({"next": back}))
    link = f'<a class="button" href="/oidc/login?{way}">{_word("company_login", language)}</a>'
    return link if alone else f'{link}<p class="or">{_word("company_or", language)}</p>'


def _other(language: str, back: str) -> str:
    other = next(one for one in NAMES if one != language)
    way = escape(urlencode({"lang": other, "next": back}))
    said = _word("other_language", language)
    return f'<p class="muted"><a href="/login?{way}" lang="{other}">{said}</a></p>'
