"""Columns about where sessions come from, and who is credited."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "channel": ("Channel", "채널", "GA4 기본 채널 그룹"),
    "source": ("Source", "소스", "캠페인 소스 파라미터, 또는 유입 사이트의 이름"),
    "medium": ("Medium", "매체", "캠페인 매체 파라미터, 또는 organic·social·referral"),
    "campaign": ("Campaign", "캠페인", "캠페인 이름 파라미터(소문자)"),
    "content": ("Content", "소재", "캠페인 소재 파라미터: 어느 배너나 링크인지"),
    "model": ("Model", "모델", "어느 기여 모델인지"),
    "attribution.kind": ("Credited", "기여 대상", "채널, 소스, 매체 또는 캠페인"),
    "attribution.name": ("Name", "이름", "기여를 받는 이름"),
    "attribution.conversions": (
        "Conversions", "기여 전환",
        "기여로 인정된 전환. 모델마다 합이 전체 전환과 같음",
    ),
    "attribution.low": ("Low (95%)", "하한(95%)", "기여 전환의 95% 구간 하한"),
    "attribution.high": ("High (95%)", "상한(95%)", "기여 전환의 95% 구간 상한"),
    "attribution.share": ("Share", "비중", "전체 전환에서 차지하는 비율"),
    "attribution.value": ("Value", "기여 가치", "기여로 인정된 가치"),
    "value_low": ("Value low (95%)", "가치 하한(95%)", "기여 가치의 95% 구간 하한"),
    "value_high": ("Value high (95%)", "가치 상한(95%)", "기여 가치의 95% 구간 상한"),
    "attribution.difference": (
        "vs last touch", "마지막 접점 대비",
        "마지막 접점 모델보다 많은 기여 전환",
    ),
    "touched": ("On the path", "경로 포함", "경로에 이 이름의 접점이 있는 전환"),
}  # fmt: skip
