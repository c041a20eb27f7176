"""Messages sent by a messenger as a channel of their own, not as social or e-mail."""

from __future__ import annotations

import polars as pl

from weblog.extending import Arrival, ChannelRule

MEDIUMS = ("alimtalk", "friendtalk", "message")


def fits(arrival: Arrival) -> pl.Expr:
    """Say where the medium is one of a messenger, or where KakaoTalk sent an e-mail-like link."""
    by_source = arrival.source.str.contains("kakaotalk", literal=True)
    return arrival.medium.is_in(MEDIUMS) | (by_source & (arrival.medium == "email"))


RULE = ChannelRule(
    channel="Messenger",
    korean="메신저",
    in_words="medium is alimtalk, friendtalk or message, or an e-mail of KakaoTalk's",
    fits=fits,
)
