"""What suggestions of a kind are worth: the figure they are shown with, and in a sentence."""

from __future__ import annotations

from typing import Final

from reports.figures.numbers import check_language
from reports.recommendations.quality import served
from reports.recommendations.suggest import Lists, figures

KIND_WORDS: Final = {"product": ("Products", "상품"), "content": ("Content", "콘텐츠")}

_SAYS: Final = {
    "evidence": (
        (
            "by what is known of the customer: nDCG at 5 {ndcg:.3f} against {popular:.3f} of the "
            "popular list ({customers:,} customers, {first} to {last})"
        ),
        (
            "고객별 근거로 추천: nDCG@5 {ndcg:.3f}, 인기 목록은 {popular:.3f} "
            "(고객 {customers:,}명, {first} ~ {last})"
        ),
    ),
    "popular_in_group": (
        (
            "by what is popular with customers alike: nDCG at 5 {ndcg:.3f} against {popular:.3f} "
            "of the popular list ({customers:,} customers, {first} to {last})"
        ),
        (
            "비슷한 고객의 인기로 추천: nDCG@5 {ndcg:.3f}, 인기 목록은 {popular:.3f} "
            "(고객 {customers:,}명, {first} ~ {last})"
        ),
    ),
    "popular": (
        (
            "the popular list: no method beat it beyond chance (its nDCG at 5 is {ndcg:.3f}; "
            "{customers:,} customers, {first} to {last})"
        ),
        (
            "인기 목록: 우연을 넘어 이보다 나은 방법이 없었습니다(nDCG@5 {ndcg:.3f}, "
            "고객 {customers:,}명, {first} ~ {last})"
        ),
    ),
}

_UNTRIED: Final = (
    (
        "the popular list: nothing could be tried, since no customer known before {first} turned "
        "to anything from then to {last}"
    ),
    "인기 목록: {first} 이전에 알려진 고객이 {last}까지 찾은 것이 없어 평가할 수 없었습니다",
)


def worth(lists: Lists, language: str = "en") -> dict[str, dict[str, object]]:
    """Return, by kind, what its suggestions are worth, as JSON-able values.

    Returns:
        ``method``, ``beats_popular``, ``ndcg``, ``ndcg_popular`` and ``customers`` (null where
        nothing could be tried), ``from`` and ``until`` of the trial, and ``says``, a sentence.

    Raises:
        UnknownNameError: no such language.
    """
    place = 1 if check_language(language) == "ko" else 0
    first, last = lists.evaluated
    told: dict[str, dict[str, object]] = {}
    for row in figures(lists.quality).sort("kind").to_dicts():
        kind = row["kind"]
        method = served(lists.quality, kind)
        facts = {
            "ndcg": row["ndcg"],
            "popular": row["ndcg_popular"],
            "customers": row["evaluated"],
            "first": first,
            "last": last,
        }
        says = (_UNTRIED if row["evaluated"] is None else _SAYS[method])[place].format(**facts)
        told[kind] = {
            "method": method,
            "beats_popular": method != "popular",
            "ndcg": _rounded(row["ndcg"]),
            "ndcg_popular": _rounded(row["ndcg_popular"]),
            "customers": row["evaluated"],
            "from": first.isoformat(),
            "until": last.isoformat(),
            "says": f"{KIND_WORDS[kind][place]}: {says}",
        }
    return told


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
