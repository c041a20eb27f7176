"""What is stored of a person: the settings of section ``[privacy]``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from weblog.site.section import Section

DEFAULT_SECRET_PARAMETERS = (
    "password passwd pwd pass pw token access_token refresh_token id_token auth secret "
    "api_key apikey key session sessionid sid jsessionid phpsessid code otp pin "
    "email e-mail mail phone tel mobile name birth birthday ssn rrn jumin card account"
).split()

Pattern = Literal["email", "resident_number", "card", "phone"]
"""What :mod:`weblog.classify.scrub` finds by its looks."""

EVERY_PATTERN: tuple[Pattern, ...] = ("email", "resident_number", "card", "phone")

Salt = Literal["stay", "daily", "weekly", "monthly"]


class Privacy(Section):
    """What is stored of an address, a query string and a browser."""

    client: Literal["truncate", "hash", "keep"] = "truncate"
    secret_parameters: tuple[str, ...] = tuple(DEFAULT_SECRET_PARAMETERS)
    scrub: tuple[Pattern, ...] = EVERY_PATTERN
    rejects: Literal["keep", "forget"] = "keep"
    visitor_cookies: Literal["keep", "hash"] = "keep"
    visitor_salt: Salt = "stay"
    salt_kept_days: Annotated[int, Field(ge=1, le=366)] = 7

    @field_validator("visitor_salt")
    @classmethod
    def _not_linked_otherwise(cls, salt: Salt, info: ValidationInfo) -> Salt:
        if salt != "stay" and info.data.get("client", "truncate") != "truncate":
            raise ValueError(
                'expected client = "truncate" with it: a whole or hashed address, which stays '
                "the same, would link what a changing salt keeps apart"
            )
        return salt
