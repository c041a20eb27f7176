"""Which traces of a mail were left by machines, and the rule that says so.

Mail clients fetch pictures before anybody reads, security scanners follow links before a mail is
delivered. Each rule is one row of :data:`RULES`; the first that holds names the trace, in their
order, and a trace that no rule names is a person's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from reports.mail.traces import CLICK, UNSUBSCRIBE
from weblog.classify.patterns import matches_any
from weblog.site.mail import Mail

RULES: Final[dict[str, tuple[str, str]]] = {
    "internal": (
        "from the company's own network: [internal]",
        "회사 내부망에서 온 요청: [internal]",
    ),
    "prefetch": (
        "an agent that fetches pictures whether anybody reads or not: [mail] prefetch_agents",
        "읽지 않아도 그림을 미리 가져오는 메일 앱: [mail] prefetch_agents",
    ),
    "robot": (
        "a robot by agent or behaviour, and no picture proxy: [bots], [mail] picture_proxies",
        "에이전트나 행동으로 판별된 봇(이미지 프록시 제외): [bots], [mail] picture_proxies",
    ),
    "not_get": (
        "asked with another method than GET, as link checkers do",
        "GET이 아닌 요청(링크 검사기)",
    ),
    "too_soon": (
        "before, or within [mail] machine_seconds after, the mailing was sent",
        "발송 전, 또는 발송 후 [mail] machine_seconds 이내",
    ),
    "every_link": (
        "clicks within seconds on every link of the mail, or on [mail] machine_links of them",
        "몇 초 안에 메일의 모든 링크, 또는 [mail] machine_links개 이상을 클릭",
    ),
    "same_machine": (
        "of one mail and one client, within seconds of what another rule named",
        "다른 규칙에 걸린 요청과 같은 메일·같은 클라이언트에서 몇 초 이내",
    ),
}
"""Rule to what it says, in English and Korean, in the order in which they are asked."""

PERSON: Final = ("no rule holds: a person's", "규칙에 걸리지 않음: 사람")
"""What a trace is that no rule names."""

APART: Final = timedelta(seconds=10)
"""A longer gap ends a burst: no person follows links so fast for so long."""

_SPREADS: Final = ("prefetch", "robot", "not_get", "too_soon", "every_link")
"""Rules that find a machine, not a person whose trace does not count."""


def judged(traces: pl.DataFrame, mail: Mail) -> pl.DataFrame:
    """Add ``rule``: which of :data:`RULES` says that a machine left the trace; null for none.

    Args:
        traces: as :func:`reports.mail.traces.traces`, of known deliveries, with ``number`` of the
            mailing and ``sent``, when it was sent.
        mail: the site's settings.

    Returns:
        The same rows, in the order of time.
    """
    agents = traces["user_agent"].unique().sort()
    kinds = pl.DataFrame(
        [
            agents,
            matches_any(agents, mail.prefetch_agents).fill_null(value=False).alias("prefetches"),
            matches_any(agents, mail.picture_proxies).fill_null(value=False).alias("is_proxy"),
        ]
    )
    known = traces.join(kinds, on="user_agent", how="left", nulls_equal=True).with_row_index("at")
    soon = pl.duration(microseconds=round(mail.machine_seconds * 1e6))
    holds = {
        "internal": pl.col("kind") == "internal",
        "prefetch": pl.col("prefetches"),
        "robot": pl.col("is_robot") & ~pl.col("is_proxy"),
        "not_get": (pl.col("method") != "GET") & (pl.col("trace") != UNSUBSCRIBE),
        "too_soon": pl.col("ts") - pl.col("sent") < soon,
        "every_link": pl.col("at").is_in(_on_every_link(known, mail).implode()),
    }
    ruled = known.with_columns(_first(holds).alias("rule"))
    beside = _beside(ruled)
    same = pl.col("rule").is_null() & pl.col("at").is_in(beside.implode())
    return (
        ruled.with_columns(
            pl.when(same).then(pl.lit("same_machine")).otherwise("rule").alias("rule")
        )
        .sort("at")
        .drop("at", "prefetches", "is_proxy")
    )


def _first(holds: dict[str, pl.Expr]) -> pl.Expr:
    rule = pl.lit(None, pl.String)
    for name, condition in reversed(holds.items()):
        rule = pl.when(condition.fill_null(value=False)).then(pl.lit(name)).otherwise(rule)
    return rule


def _bursts(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Number the bursts of each group: rows of which none is far behind the one before."""
    gap = (pl.col("ts") - pl.col("ts").shift(1).over(by)) > pl.lit(APART)
    begins = gap.fill_null(value=False).cum_sum().over(by)
    return rows.sort(*by, "ts", "at", nulls_last=True).with_columns(begins.alias("burst"))


def _on_every_link(known: pl.DataFrame, mail: Mail) -> pl.Series:
    """Return ``at`` of the clicks in bursts on all links of a mail, or on many of them."""
    clicks = known.filter(pl.col("trace").is_in([CLICK, UNSUBSCRIBE]))
    links = clicks.group_by("number").agg(pl.col("link").n_unique().alias("links"))
    bursts = _bursts(clicks, ["delivery"]).join(links, on="number")
    many = pl.min_horizontal("links", pl.lit(mail.machine_links)).clip(2)
    different = pl.col("link").n_unique().over("delivery", "burst")
    return bursts.filter(different >= many)["at"]


def _beside(ruled: pl.DataFrame) -> pl.Series:
    """Return ``at`` of what one client did of one mail, in a burst with what a rule named."""
    bursts = _bursts(ruled, ["delivery", "visitor_id"])
    found = pl.col("rule").is_in(_SPREADS).fill_null(value=False)
    return bursts.filter(found.any().over("delivery", "visitor_id", "burst"))["at"]
