"""The warnings of reports on campaigns in Korean."""

from __future__ import annotations

from typing import Final

KOREAN: Final[dict[str, str]] = {
    "no_costs": (
        "이 기간의 비용을 알 수 없어 CPA와 ROAS를 계산할 수 없습니다: `weblog campaigns load "
        "FILE`로 시작일, 종료일, 비용이 있는 캠페인 표를 불러오세요. 일별 비용이면 더 정확합니다"
        "(docs/campaigns.md)"
    ),
    "costs_missing": (
        "비용을 모르는 캠페인: {campaigns}. `weblog campaigns load FILE`로 비용을 불러오세요"
    ),
    "costs_undated": (
        "비용은 있지만 시작일이나 종료일이 없어 일별로 나눌 수 없는 캠페인: {campaigns}. 비용에서 "
        "제외했습니다"
    ),
    "costs_spread": (
        "총비용만 알려진 캠페인: {campaigns}. 캠페인 기간의 모든 날에 고르게 나누었습니다"
    ),
    "costs_shared": (
        "일부 비용은 여러 행에 걸치거나 필터에서 제외된 세션까지 포함한 금액입니다: 세션 수에 따라 "
        "나누었습니다"
    ),
    "no_signup_goal": (
        "가입으로 표시된 목표가 없어 가입을 세지 않았습니다: site.toml의 [[goals]]에 "
        "signup = true를 쓰고 --site로 지정하세요"
    ),
    "no_tags": (
        "이 기간에 캠페인 파라미터가 있는 페이지뷰가 없거나 로그가 더 이상 저장되어 있지 않습니다: "
        "site.toml의 [campaign]에 적힌 이름을 찾습니다"
    ),
    "nothing_mistagged": "태그가 있는 페이지뷰 {views}건에서 잘못된 점을 찾지 못했습니다",
    "tagging_tables": (
        "{tables} 표가 비어 있어 링크의 이름을 회사의 이름과 비교할 수 없습니다: 모르는 캠페인, "
        "보이지 않는 캠페인, 오타 일부를 찾지 못합니다. {loads}로 불러오세요"
    ),
    "links_counted_whole": "링크는 전체를 살펴봅니다: 필터는 세션에서 찾은 항목에만 적용됩니다",
    "no_targets": (
        "설정된 목표치가 없습니다: site.toml에 [[targets]]를 쓰고 --site로 지정하세요. 목표 달성 "
        "수는 기간 전체로 셉니다"
    ),
    "targets_before_data": (
        "데이터는 {first}부터 있어 다음 목표치 기간의 앞부분이 빠져 있습니다: {targets}"
    ),
    "observational": (
        "관찰 결과입니다: 캠페인과 함께 달라진 다른 요인도 차이에 들어 있습니다. 효과는 무작위로 "
        "남겨 둔 대조군으로만 알 수 있습니다"
    ),
    "effect_shortened": (
        "캠페인 {all}일 중 데이터와 비교 기간이 모두 있는 {days}일만 주 단위로 비교했습니다"
    ),
    "campaign_days_unknown": (
        "캠페인 표에 {campaign}의 기간이 없습니다: 세션의 첫날부터 마지막 날까지로 봅니다"
    ),
    "effect_incomparable": (
        "{campaign} 기간과 비교할 데이터가 없습니다: 그 이전의 데이터가 없습니다"
    ),
}
"""Code to Korean text."""
