"""The words of figures about campaigns, in English and Korean."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "cpa": ("Cost per conversion, with 95 % interval", "전환당 비용(CPA), 95% 구간"),
    "roas": ("Return on ad spend (value / cost)", "광고 수익률(ROAS, 가치 ÷ 비용)"),
    "cost": ("Cost", "비용"),
    "no_conversion_yet": ("no conversion: at least {low}", "전환 없음: 최소 {low}"),
    "of_target": ("Part of the target", "목표치 대비"),
    "a_day_for": ("a day for", "하루 목표:"),
    "so_far": ("so far", "현재까지"),
    "expected_now": ("expected by now", "현재 기대치"),
    "projected": ("projected, 95 % interval", "예상, 95% 구간"),
    "campaign_days": ("campaign days", "캠페인 기간"),
    "days_before": ("days before", "이전 기간"),
    "observed_only": (
        "observed, not an effect: other things changed, too",
        "관찰 결과이며 효과가 아님: 다른 요인도 함께 달라짐",
    ),
    "last_touched": ("last touch", "마지막 접점"),
    "assisted": ("on the way", "경로 중"),
    "lag_told": ("median {days} days", "중앙값 {days}일"),
    "finding_case_variant": ("Upper case", "대소문자 다름"),
    "finding_separator_variant": ("Spelling", "표기 다름"),
    "finding_typo": ("Typo", "오타"),
    "finding_template": ("Placeholder", "미치환 자리표시자"),
    "finding_internal_tagged": ("Internal link", "내부 링크 태그"),
    "finding_no_medium": ("No medium", "매체 없음"),
    "finding_no_source": ("No source", "소스 없음"),
    "finding_unknown_medium": ("Unknown medium", "모르는 매체"),
    "finding_unknown_campaign": ("Not in the table", "표에 없는 캠페인"),
    "finding_unseen_campaign": ("Not seen", "방문 없는 캠페인"),
    "finding_untagged_mail": ("Untagged mail", "태그 없는 메일"),
    "finding_untagged_source": ("Untagged site", "태그 없는 매체"),
    "finding_untagged_landing": ("Untagged landing", "태그 없는 랜딩"),
    "state_reached": ("reached", "달성"),
    "state_on course": ("on course", "순조"),
    "state_open": ("open", "미정"),
    "state_off course": ("off course", "미달 예상"),
    "state_missed": ("missed", "미달"),
}
"""Key to (English, Korean)."""
