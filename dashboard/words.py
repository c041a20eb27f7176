"""The words of the pages, in English and Korean: with :mod:`reports.figures.words`, all of them.

A page never holds a text of its own. Names of measures and dimensions come from the reports'
catalogue, so that a page and its figures say the same.
"""

from __future__ import annotations

from typing import Final

from dashboard.customer_words import CUSTOMER_TEXTS
from dashboard.desk_words import DESK_TEXTS
from dashboard.live_words import LIVE_TEXTS
from dashboard.marketing_words import MARKETING_TEXTS
from dashboard.page_words import PAGE_TEXTS
from dashboard.plugged import OWN_TEXTS
from dashboard.question_words import QUESTION_TEXTS
from dashboard.saved.words import SAVED_TEXTS
from dashboard.settings_words import SETTINGS_TEXTS
from reports.figures import words as figure_words
from reports.figures.numbers import check_language

WORDS: Final[dict[str, tuple[str, str]]] = {
    # the frame around every page
    "product_name": ("Weblog insight", "Weblog insight"),
    "skip": ("Skip to the content", "본문으로 건너뛰기"),
    "navigation": ("Pages", "페이지 목록"),
    "open_navigation": ("Open the list of pages", "페이지 목록 열기"),
    "close": ("Close", "닫기"),
    "data_through": (
        "Data through {day} · {sessions} sessions",
        "데이터 기준일 {day} · {sessions} 세션",
    ),
    "no_data_yet": ("No data yet", "아직 데이터가 없습니다"),
    "sites": ("Site", "사이트"),
    "copy_link": ("Copy link", "링크 복사"),
    "print_page": ("Print, or save as PDF", "인쇄 또는 PDF로 저장"),
    "copied": ("Copied", "복사됨"),
    "copy_failed": ("Copy the address above", "주소창의 주소를 복사하세요"),
    "language": ("Language", "언어"),
    "to_dark": ("Switch to dark colours", "어두운 색으로 바꾸기"),
    "to_light": ("Switch to light colours", "밝은 색으로 바꾸기"),
    "loading": ("Loading", "불러오는 중"),
    "connection_lost": (
        "The dashboard does not answer. Is it still running?",
        "대시보드가 응답하지 않습니다. 실행 중인지 확인하세요.",
    ),
    "try_again": ("Try again", "다시 시도"),
    # filters
    "filters": ("Filters", "필터"),
    "period": ("Period", "기간"),
    "dates": ("Dates", "날짜"),
    "first_day": ("First day", "시작일"),
    "last_day": ("Last day", "종료일"),
    "months": ("Months", "월"),
    "apply": ("Apply", "적용"),
    "compare": ("Compare with", "비교"),
    "segments": ("Segment", "세그먼트"),
    "devices": ("Device", "기기"),
    "channels": ("Channel", "채널"),
    "sources": ("Source", "소스"),
    "campaigns": ("Campaign", "캠페인"),
    "entry_pages": ("Entry page", "진입 페이지"),
    "pages": ("Page", "페이지"),
    "categories": ("Content", "콘텐츠"),
    "products": ("Product", "상품"),
    "age_bands": ("Age", "연령대"),
    "sexes": ("Sex", "성별"),
    "occupations": ("Occupation", "직업"),
    "children": ("Children", "자녀 수"),
    "products_held": ("Product held", "보유 상품"),
    "all": ("All", "전체"),
    "chosen": ("{count} chosen", "{count}개 선택"),
    "no_choices": ("Nothing in the data", "데이터에 없음"),
    "reset": ("Reset", "초기화"),
    "remove": ("Remove this filter", "이 필터 제거"),
    "days_7": ("Last 7 days", "최근 7일"),
    "days_28": ("Last 28 days", "최근 28일"),
    "days_90": ("Last 90 days", "최근 90일"),
    "days_365": ("Last 365 days", "최근 365일"),
    "days_all": ("All data", "전체 데이터"),
    "days_custom": ("Chosen dates", "직접 선택"),
    "compare_previous": ("Previous period", "직전 기간"),
    "compare_year": ("A year earlier", "1년 전"),
    "compare_none": ("Nothing", "비교 안 함"),
    # Overview
    "overview": ("Overview", "개요"),
    "overview_question": (
        "How are we doing, and what changed?",
        "지금 성과는 어떻고 무엇이 달라졌나요?",
    ),
    "measures": ("Measures", "지표"),
    "more_measures": ("More measures", "그 밖의 지표"),
    "vs_previous": ("vs previous {value}", "직전 대비 {value}"),
    "vs_year": ("vs a year earlier {value}", "1년 전 대비 {value}"),
    "small": ("few", "표본 적음"),
    "small_help": ("Too few sessions for a conclusion", "결론을 내리기에는 세션이 너무 적습니다"),
    "better": ("better", "개선"),
    "worse": ("worse", "악화"),
    "trend": ("Trend", "추이"),
    "trend_help": ("Click a tile above to plot it", "위 지표를 누르면 그래프가 바뀝니다"),
    "as_table": ("Show as table", "표로 보기"),
    "as_chart": ("Show as chart", "그래프로 보기"),
    "day": ("Day", "날짜"),
    "trend_summary": (
        "{measure}, {start} to {end}: highest {high} on {high_day}, lowest {low} on {low_day}.",
        "{start}부터 {end}까지 일별 {measure}: 최고 {high_day} {high}, 최저 {low_day} {low}.",
    ),
    "trend_unknown": ("{measure} by day: nothing known.", "일별 {measure}: 알려진 값이 없습니다."),
    "trend_previous": (
        "Dotted: the period compared with, {start} to {end}.",
        "점선: 비교 기간 {start}부터 {end}까지.",
    ),
    "changed": ("What changed", "무엇이 달라졌나"),
    "changed_help": (
        "Changes in {measure} beyond everyday ups and downs",
        "{measure}: 평소의 오르내림을 벗어난 변화",
    ),
    "changed_no_rates": (
        "Changes in sessions: changes are told for counts, not for rates",
        "세션의 변화입니다. 비율이 아닌 건수의 변화만 나눠 볼 수 있습니다",
    ),
    "changed_no_parts": (
        "Changes in sessions: {measure} cannot be added up over channels and pages",
        "세션의 변화입니다. {measure} 지표는 채널·페이지별로 더할 수 없습니다",
    ),
    "changed_unasked": (
        "Choose a period under “Compare with” to see what changed",
        "“비교”에서 기간을 고르면 무엇이 달라졌는지 볼 수 있습니다",
    ),
    "changed_unknown": (
        "There are no data for the period compared with, so what changed is not known",
        "비교 기간에 데이터가 없어 무엇이 달라졌는지 알 수 없습니다",
    ),
    "came_from": ("Where visits come from", "유입 채널"),
    "who": ("Who visits", "방문 세그먼트"),
    "looked_at": ("What they looked at", "관심 콘텐츠"),
    "top_pages": ("Top pages", "많이 본 페이지"),
    "top_sources": ("Sources and referrers", "유입 소스"),
    "which_devices": ("Devices", "기기"),
    "click_row": ("Click a row to filter", "행을 클릭하면 필터됩니다"),
    "conversion_short": ("Conv.", "전환율"),
    "filter_by": ("Filter by {value}", "{value}(으)로 필터"),
    "no_filter": ("This row cannot be filtered by", "이 행으로는 필터할 수 없습니다"),
    "filter_off": ("Stop filtering by {value}", "{value} 필터 해제"),
    # nothing, or nothing that works
    "nothing": ("Nothing matches these filters", "이 필터에 맞는 데이터가 없습니다"),
    "nothing_here": ("Nothing to show", "표시할 데이터가 없습니다"),
    "not_in_data": ("The data have nothing called “{name}”", "데이터에 “{name}”이(가) 없습니다"),
    "clear_filters": ("Clear filters", "필터 지우기"),
    "empty_store": ("The store is empty", "저장소가 비어 있습니다"),
    "empty_store_help": (
        "Read a log into it, then load this page again:",
        "로그를 읽어 들인 뒤 이 페이지를 새로 고치세요:",
    ),
    "card_failed": ("This card could not be shown", "이 카드를 표시할 수 없습니다"),
    "reference": ("ref {id}", "ref {id}"),
    "reference_help": (
        "The dashboard's own log says more under this id",
        "대시보드 로그에서 이 번호를 찾으면 자세히 알 수 있습니다",
    ),
    "page_failed": ("This page could not be shown", "이 페이지를 표시할 수 없습니다"),
    "not_found": ("There is no such page", "없는 페이지입니다"),
    "not_found_help": ("Nothing is at {path}.", "{path}에는 아무것도 없습니다."),
    "to_overview": ("Go to the overview", "개요로 가기"),
    # notices
    "notices": ("Notices", "알림"),
    "dropped": (
        "The link asks for {name} = {value}, which is not understood; it was left out.",
        "링크의 {name} = {value} 값을 알 수 없어 제외했습니다.",
    ),
    "dropped_backwards": (
        "The period the link asks for ends before it begins ({value}); it was left out.",
        "링크의 기간이 시작일보다 먼저 끝나서({value}) 제외했습니다.",
    ),
    "did_you_mean": ("Did you mean {near}?", "혹시 {near}인가요?"),
    **CUSTOMER_TEXTS,
    **LIVE_TEXTS,
    **PAGE_TEXTS,
    **MARKETING_TEXTS,
    **DESK_TEXTS,
    **SETTINGS_TEXTS,
    **OWN_TEXTS,
    **SAVED_TEXTS,
    **QUESTION_TEXTS,
}  # fmt: skip
"""Key to (English, Korean); a text may have {places} to fill in."""


def word(key: str, language: str, **places: object) -> str:
    """Return the text for ``key`` with its places filled in.

    Looks in the pages' catalogue first, then in the figures'.

    Raises:
        UnknownNameError: no such language.
    """
    check_language(language)
    if key not in WORDS:
        return figure_words.word(key, language)
    english, korean = WORDS[key]
    text = korean if language == "ko" else english
    return text.format(**places) if places else text


def words(language: str, *keys: str) -> dict[str, str]:
    """Return several texts by key, places left open: what a component in the browser needs."""
    return {key: word(key, language) for key in keys}
