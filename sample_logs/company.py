"""The made-up life insurer: what it sells, what it writes about, how it advertises.

Facts only; :mod:`sample_logs.pages` makes the site's pages of them and
:mod:`sample_logs.people` the people who come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

HOST: Final = "www.hanbit-life.example"
ORIGIN: Final = f"https://{HOST}"
LAST_DAY: Final = date(2025, 11, 30)
"""The window's last day (Asia/Seoul); fixed, so that a seed gives the same files for ever."""


def encoded(text: str) -> str:
    """Percent-encode Korean text as browsers do in a path or a query."""
    return quote(text, safe="")


@dataclass(frozen=True, slots=True)
class Product:
    """A product: its name in URLs and tables, its Korean name, its content, a year's premium."""

    key: str
    title: str
    category: str
    premium: int


PRODUCTS: Final = (
    Product("child-education", "꿈나무 교육보험", "children", 960_000),
    Product("child-cover", "튼튼 어린이보험", "children", 540_000),
    Product("critical-illness", "든든 CI보험", "health", 1_080_000),
    Product("annuity-savings", "평생 연금저축", "pension", 3_600_000),
    Product("loans", "보험계약대출", "money", 420_000),
)
TOPICS: Final = tuple(product.key for product in PRODUCTS)

ARTICLES: Final[dict[str, tuple[str, ...]]] = {
    "child-education": (
        "education/tuition-plan",
        "education/" + encoded("학자금-마련-5단계"),
        "education/reading-habits",
        "education/english-kindergarten-cost",
        "education/" + encoded("초등-입학-준비"),
        "education/allowance",
        "education/study-abroad",
        "education/" + encoded("교육비-세액공제"),
        "education/first-bank-account",
    ),
    "child-cover": (
        "health/fever-at-night",
        "health/" + encoded("영유아-검진-시기"),
        "health/fetal-cover-when",
        "health/vaccination-calendar",
        "health/" + encoded("어린이집-사고-보상"),
        "health/allergy",
        "health/growth",
    ),
    "critical-illness": (
        "cancer-cost",
        encoded("건강검진-준비"),
        "stroke-signs",
        "family-history",
        encoded("암보험-비교"),
        "sleep",
        "rehabilitation",
        "second-opinion",
    ),
    "annuity-savings": (
        "tax-credit",
        encoded("연금저축-세액공제-한도"),
        "irp-or-annuity",
        "retirement-in-your-forties",
        encoded("국민연금-수령나이"),
        "inflation",
        "monthly-pension-calculator",
        "couples",
    ),
    "loans": (
        "policy-loan-or-bank",
        encoded("금리-인하-요구권"),
        "repay-early",
        "credit-score",
        "household-budget",
    ),
}
"""Slugs of the articles per topic, most read first; some are Korean, as Korean sites have them."""

EVENTS: Final = (
    "autumn-walk",
    "quiz-week",
    encoded("추석-감사-이벤트"),
    "refer-a-friend",
    "1000-days",
)

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "child-education": ("교육보험", "학자금", "아이 적금", "교육비 세액공제"),
    "child-cover": ("어린이보험", "태아보험", "어린이보험 추천", "실손 청구"),
    "critical-illness": ("암보험", "CI보험", "진단비", "암보험 비교", "보험금 청구 서류"),
    "annuity-savings": ("연금저축", "연금저축 세액공제", "개인연금", "연금 수령", "해지환급금"),
    "loans": ("보험계약대출", "약관대출 금리", "대출 상환", "신용대출"),
}
"""What people type, here and at search engines, per topic; most frequent first."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign; ``first`` and ``last`` are days counted from the window's first day of 90."""

    key: str
    title: str
    medium: str
    topic: int
    first: int
    last: int
    cost: int
    """In won at scale 1, beside what its banners' clicks cost."""


DISPLAY: Final = (
    Campaign("kids-autumn-2025", "가을 어린이보험 캠페인", "display", 1, 6, 40, 0),
    Campaign("pension-yearend-2025", "연말 연금저축 절세 캠페인", "display", 3, 45, 89, 0),
)
SEARCH: Final = (
    Campaign("search-child-2025", "검색광고 어린이·교육", "cpc", 1, 0, 89, 386_000),
    Campaign("search-health-2025", "검색광고 암·CI", "cpc", 2, 0, 89, 297_000),
    Campaign("search-pension-2025", "검색광고 연금", "cpc", 3, 0, 89, 341_000),
)


@dataclass(frozen=True, slots=True)
class Banner:
    """A banner on a portal: its campaign (index into DISPLAY), share of landings, CTR and CPC."""

    key: str
    campaign: int
    portal: str
    referrer: str
    share: float
    ctr: float
    cpc: int
    inflation: float
    """Clicks the medium reports per session that landed: the gap marketers ask about."""


BANNERS: Final = (
    Banner("kids-blue-250x250", 0, "naver", "https://m.naver.com/", 0.40, 0.0031, 620, 1.24),
    Banner("kids-smile-728x90", 0, "daum", "https://www.daum.net/", 0.22, 0.0019, 480, 1.42),
    Banner("kids-video-320x100", 0, "kakao", "-", 0.38, 0.0044, 540, 1.71),
    Banner("pension-tax-250x250", 1, "naver", "https://www.naver.com/", 0.46, 0.0026, 710, 1.21),
    Banner("pension-clock-300x600", 1, "daum", "https://www.daum.net/", 0.18, 0.0016, 560, 1.38),
    Banner("pension-calm-320x100", 1, "zum", "https://m.zum.com/", 0.36, 0.0009, 210, 2.30),
)


@dataclass(frozen=True, slots=True)
class Mailing:
    """A mailing and what it truly does to the people it is sent to.

    ``visit_effect`` is the chance that a written-to person makes a visit he would not
    have made; ``buy_effect`` the chance that such a visit ends in a subscription.
    """

    key: str
    title: str
    topic: int
    day: int
    hour: int
    reach: float
    open_rate: float
    visit_effect: float
    buy_effect: float
    cost: int

    @property
    def campaign(self) -> str:
        """The campaign it belongs to: the newsletters of its month, as in 'nl-2025-09'."""
        return self.key[:10]


MAILINGS: Final = (
    Mailing(
        "nl-2025-09-education",
        "2학기, 학자금 준비는 이렇게",
        0,
        7,
        10,
        0.80,
        0.30,
        0.085,
        0.10,
        186_000,
    ),
    Mailing(
        "nl-2025-09-claims", "보험금 청구, 3분이면 끝", 2, 20, 11, 0.75, 0.34, 0.060, 0.03, 179_000
    ),
    Mailing("nl-2025-10-chuseok", "추석 인사 드립니다", 4, 30, 9, 0.95, 0.41, 0.0, 0.0, 208_000),
    Mailing(
        "nl-2025-10-child",
        "우리 아이 첫 보험, 무엇을 볼까",
        1,
        41,
        10,
        0.70,
        0.28,
        0.100,
        0.16,
        172_000,
    ),
    Mailing(
        "nl-2025-11-pension",
        "연말정산 전에 연금저축 점검",
        3,
        62,
        8,
        0.85,
        0.33,
        0.140,
        0.22,
        195_000,
    ),
    Mailing(
        "nl-2025-11-health",
        "건강검진 시즌, 진단비 점검",
        2,
        72,
        14,
        0.65,
        0.25,
        0.050,
        0.12,
        168_000,
    ),
    Mailing(
        "nl-2025-11-vip", "고객님께만 드리는 연금 상담", 3, 80, 10, 0.35, 0.44, 0.120, 0.15, 117_000
    ),
)
"""In the order sent. The Chuseok greeting causes nothing: whoever clicks it would have come."""

HELD_OUT: Final = 0.18
"""Share of the people chosen for a mailing who by lot get none."""
