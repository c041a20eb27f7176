"""Columns about people over months."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "month": ("Month", "월", "달의 첫날(기간의 첫 달은 기간 첫날)"),
    "is_complete": ("Complete", "완전한 기간", "기간 전체가 데이터에 있음"),
    "stage": ("Stage", "단계", "관계의 단계. 이동에서는 떠난 단계"),
    "stage_to": ("To stage", "옮긴 단계", "이동에서 월말의 단계"),
    "lifecycle.people": ("People", "인원", "월말에 이 단계에 있는 사람, 또는 옮긴 사람"),
    "from_people": ("People before", "월초 인원", "월초에 이 단계에 있던 사람"),
    "came": ("Came", "유입", "다른 단계에서 왔거나 새로 온 사람"),
    "went": ("Went", "이동", "이 단계를 떠난 사람"),
    "is_step": ("Step up", "상승", "더 가까운 단계로 올라간 이동"),
    "rate": ("Rate", "비율", "이동한 사람 ÷ 월초 인원"),
    "lifecycle.low": ("Low (95%)", "하한(95%)", "비율의 95% 신뢰구간 하한"),
    "lifecycle.high": ("High (95%)", "상한(95%)", "비율의 95% 신뢰구간 상한"),
    "cohort": ("Cohort", "코호트", "시작한 달(주)의 첫날. 없으면 전체 코호트"),
    "age": ("Age", "경과", "그 뒤로 지난 달(주)"),
    "size": ("People", "인원", "코호트의 방문자 또는 고객"),
    "observed": ("Observed", "관찰됨", "그 기간 전체가 데이터 안에 있는 사람"),
    "active": ("Came back", "재방문", "관찰된 사람 중 그 기간에 다시 온 사람"),
    "cohorts.rate": ("Rate", "재방문율", "재방문 ÷ 관찰됨"),
    "cohorts.low": ("Low (95%)", "하한(95%)", "재방문율의 95% 신뢰구간 하한"),
    "cohorts.high": ("High (95%)", "상한(95%)", "재방문율의 95% 신뢰구간 상한"),
    "bought_observed": ("Observed buyers' base", "구매 관찰", "그 기간 구매를 모두 아는 사람"),
    "bought_rate": ("Bought", "구매율", "구매 ÷ 구매 관찰"),
    "bought_low": ("Bought low (95%)", "구매 하한(95%)", "구매율의 95% 신뢰구간 하한"),
    "bought_high": ("Bought high (95%)", "구매 상한(95%)", "구매율의 95% 신뢰구간 상한"),
    "band": ("Band", "구간", "최근 며칠, 마지막 방문 후 일수, 또는 그 달의 로그인 수"),
    "activity.customers": ("Customers", "고객", "이 구간의 고객"),
    "of_customers": ("Of customers", "전체 고객", "그때까지 알려진 세그먼트의 모든 고객"),
    "activity.share": ("Share", "비율", "고객 ÷ 전체 고객"),
    "activity.low": ("Low (95%)", "하한(95%)", "비율의 95% 신뢰구간 하한"),
    "activity.high": ("High (95%)", "상한(95%)", "비율의 95% 신뢰구간 상한"),
    "activity.logins": ("Logins", "로그인", "이 고객들의 로그인"),
    "logins_per_customer": ("Logins per customer", "고객당 로그인", "로그인 ÷ 고객"),
}  # fmt: skip
