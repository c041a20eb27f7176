"""Columns about banners: what media report, and what became of it."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "portal": (
        "Portal", "매체·포털",
        "배너가 걸린 곳. 매체가 보고하지 않으면 링크의 소스",
    ),
    "position": ("Position", "위치", "포털 안의 위치. 매체나 링크가 알려 주지 않으면 없음"),
    "banner": ("Creative", "소재", "링크의 소재 파라미터: 어느 배너인지"),
    "impressions": ("Impressions", "노출", "매체가 보고한 노출. 없으면 보고되지 않음"),
    "clicks": ("Clicks reported", "보고된 클릭", "매체가 보고한 클릭. 없으면 보고되지 않음"),
    "cost": ("Cost", "비용", "비용. 없으면 알 수 없으며 0이 아님"),
    "landings": ("Landings", "랜딩 요청", "배너 파라미터가 있는 요청: 사람, 봇, 사내 모두"),
    "robot_landings": ("Robots' landings", "봇의 랜딩", "그중 봇의 요청"),
    "signups": ("Sign-ups", "가입", "가입으로 센 목표 또는 고객. 없으면 알 수 없음"),
    "banners.signups": ("Sign-ups", "가입", "고객 정보에서 그 세션과 같은 날 가입한 고객"),
    "ctr": ("Click rate", "클릭률", "클릭 ÷ 노출"),
    "ctr_low": ("Click rate low (95%)", "클릭률 하한(95%)", "클릭률의 95% 신뢰구간 하한"),
    "ctr_high": ("Click rate high (95%)", "클릭률 상한(95%)", "클릭률의 95% 신뢰구간 상한"),
    "arrival_rate": ("Visits per click", "클릭당 방문", "사람의 세션 ÷ 보고된 클릭"),
    "cpc": ("CPC", "클릭당 비용", "클릭당 비용: 비용 ÷ 클릭"),
    "cost_per_session": ("Cost per visit", "방문당 비용", "비용 ÷ 사람의 세션"),
    "cost_per_signup": ("Cost per sign-up", "가입당 비용", "비용 ÷ 가입"),
    "cpa": ("CPA", "전환당 비용", "전환당 비용(CPA): 비용 ÷ 전환"),
    "roas": (
        "ROAS", "광고 수익률",
        "광고 수익률(ROAS): 가치 ÷ 비용. 가치가 있는 전환이 없으면 알 수 없음",
    ),
    "banner_gap.step": ("What became of them", "클릭의 행방", "클릭이 어떻게 되었는지"),
    "known": ("Known by", "아는 방법", "직접 셈, 추정, 나머지 가운데 무엇인지"),
    "banner_gap.clicks": (
        "Clicks", "클릭",
        "클릭 수. ‘보고됨’을 뺀 모든 행의 합은 보고된 클릭과 같음",
    ),
    "banner_gap.low": ("Low (95%)", "하한(95%)", "세지 않은 경우 95% 구간 하한"),
    "banner_gap.high": ("High (95%)", "상한(95%)", "세지 않은 경우 95% 구간 상한"),
    "banner_gap.share": ("Of the clicks", "클릭 중 비율", "보고된 클릭에서 차지하는 비율"),
    "measure": ("Measure", "지표", "무엇을 비교하거나 세는지"),
    "left_banner": ("Creative A", "소재 A", "한쪽 소재"),
    "right_banner": ("Creative B", "소재 B", "다른 쪽 소재"),
    "creatives.left": ("Value of A", "A의 값", "소재 A의 값"),
    "creatives.right": ("Value of B", "B의 값", "소재 B의 값"),
    "creatives.difference": ("Difference A − B", "차이 A − B", "소재 A의 값 − 소재 B의 값"),
    "creatives.low": ("Low (95%)", "하한(95%)", "차이의 95% 신뢰구간 하한"),
    "creatives.high": ("High (95%)", "상한(95%)", "차이의 95% 신뢰구간 상한"),
    "same_place": ("Same places", "같은 위치", "같은 포털과 위치에 걸렸는지"),
}  # fmt: skip
