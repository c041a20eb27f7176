"""The words of the pages behind the overview: titles, questions, controls of cards."""

from __future__ import annotations

from typing import Final

PAGE_TEXTS: Final[dict[str, tuple[str, str]]] = {
    # every card of a report
    "columns": ("Columns", "열 선택"),
    "columns_reset": ("Usual columns", "기본 열"),
    "download": ("Download", "내려받기"),
    "as_csv": ("Table as CSV", "표 CSV"),
    "as_parquet": ("Table as Parquet", "표 Parquet"),
    "as_png": ("Chart as PNG", "그래프 PNG"),
    "as_svg": ("Chart as SVG", "그래프 SVG"),
    "shown_as": ("Shown as", "표시 방식"),
    "shape_figure": ("Chart", "그래프"),
    "shape_bars": ("Bars", "막대"),
    "shape_sentences": ("In words", "문장"),
    "shape_table": ("Table", "표"),
    "sort_by": ("Sort by {column}", "{column} 기준 정렬"),
    "sorted_up": ("smallest first", "오름차순"),
    "sorted_down": ("largest first", "내림차순"),
    "notes": ("Please note", "참고"),
    "figure_help": (
        "Chart. The table beside it has every value.",
        "그래프입니다. 표로 바꾸면 모든 값을 볼 수 있습니다.",
    ),
    "more_rows": ("{count} more rows are not shown", "{count}행은 표시하지 않음"),
    "yes": ("yes", "예"),
    "no": ("no", "아니요"),
    # more filters
    "more_filters": ("More filters", "필터 더 보기"),
    "more_filters_help": ("All conditions hold together", "모든 조건이 함께 적용됩니다"),
    "find": ("Find or type a value", "찾거나 직접 입력"),
    "find_help": ("Enter adds what is typed", "Enter를 누르면 입력한 값을 추가합니다"),
    "visitors_chosen": ("Browser (visitor id)", "브라우저(방문자 ID)"),
    # what cards let readers choose
    "choice_default": ("Usual", "기본"),
    "choice_by": ("By", "기준"),
    "choice_nothing": ("Nothing", "나누지 않음"),
    "choice_rows": ("Rows", "행"),
    "choice_columns": ("Columns", "열"),
    "choice_left": ("Compare", "비교 대상"),
    "choice_right": ("with", "상대"),
    "choice_this_period": ("This period", "현재 기간"),
    "choice_the_rest": ("The rest, or the period before", "나머지 또는 비교 기간"),
    "choice_limit": ("Rows", "행 수"),
    "choice_groups": ("Groups", "집단"),
    "choice_kind": ("Of", "대상"),
    "choice_days": ("Days to buy", "구매 기한(일)"),
    "choice_outcome": ("Then", "결과"),
    "choice_part": ("Rows about", "표시할 행"),
    "choice_funnel": ("Funnel", "퍼널"),
    "choice_level": ("Steps", "단계 단위"),
    "choice_depth": ("How many", "단계 수"),
    "choice_start": ("From", "시작"),
    "choice_entry": ("The first page", "첫 페이지"),
    "choice_page": ("Page", "페이지"),
    "choice_most_viewed": ("The most viewed", "가장 많이 본 페이지"),
    "choice_direction": ("Direction", "방향"),
    "choice_dormant": ("Dormant after, days", "휴면 기준(일)"),
    "choice_quiet": ("Quiet after, days", "무방문 기준(일)"),
    "choice_cohort": ("Began with", "시작 기준"),
    "choice_each": ("By", "단위"),
    "choice_window": ("Counted in", "세는 방법"),
    "choice_credited": ("Credit to", "기여 대상"),
    "choice_model": ("Model", "모델"),
    "choice_all_models": ("All, side by side", "모두 나란히"),
    "choice_window_days": ("Look back, days", "소급 기간(일)"),
    # Segments
    "segments_page": ("Segments", "세그먼트"),
    "segments_page_question": (
        "Which groups of customers behave differently?", "어떤 고객군이 다르게 움직이나요?",
    ),
    "segments_beside": ("Segments side by side", "세그먼트 비교"),
    "segments_beside_help": (
        "As each customer was at the visit. Click a segment to filter by it",
        "방문 당시의 세그먼트입니다. 세그먼트를 클릭하면 필터됩니다",
    ),
    "crossed": ("Two dimensions crossed", "두 기준 교차"),
    "crossed_help": (
        "Blue: more sessions than chance expects, amber: fewer; without colour it may be chance",
        "파랑: 우연보다 많은 세션, 황색: 적은 세션, 색 없음: 우연일 수 있음",
    ),
    "segments_split": ("What segments are made of", "세그먼트 구성"),
    "segments_split_help": (
        "Each segment by age, occupation, device and more, as on the day of the visit",
        "방문한 날 기준의 연령대, 직업, 기기별 구성입니다",
    ),
    "compared": ("Two sides compared", "둘 비교하기"),
    "compared_help": (
        "Blue: more than on the other side, amber: less, beyond chance; grey may be chance",
        "파랑: 상대보다 많음, 황색: 적음(우연 이상), 회색: 우연일 수 있음",
    ),
    "moved": ("Who moved where", "세그먼트 이동"),
    "moved_help": (
        "Customers by segment at the first and at the last day",
        "첫날과 마지막 날의 세그먼트별 고객",
    ),
    # Content & products
    "content_page": ("Content & products", "콘텐츠·상품"),
    "content_page_question": (
        "What does each group prefer, and does interest end in a purchase?",
        "누가 무엇을 선호하고, 관심은 구매로 이어지나요?",
    ),
    "products_viewed": ("Products looked at", "많이 본 상품"),
    "preferred": ("Preference by group", "집단별 선호도"),
    "preferred_help": (
        "100 is like everybody; thin data are drawn toward 100",
        "100이 전체 평균이며 데이터가 적으면 100에 가깝게 보정합니다",
    ),
    "interest_bought": ("Does interest end in a purchase?", "관심은 구매로 이어지나요?"),
    "interest_bought_help": (
        "Who looked at a product against who did not; an association, not an effect",
        "상품을 조회한 고객과 조회하지 않은 고객의 비교: 연관이며 효과가 아닙니다",
    ),
    "gap": ("Looked at, but not bought", "관심과 구매의 차이"),
    "gap_help": (
        "Left of the line a product is looked at more than it is bought",
        "선의 왼쪽은 구매보다 관심이 많은 상품입니다",
    ),
    "associated": ("What readers turn to", "읽은 뒤 관심을 갖는 상품"),
    "associated_help": (
        "How many times likelier readers of a content are to view or buy a product",
        "콘텐츠를 읽은 사람이 상품을 조회·구매할 가능성이 몇 배인지",
    ),
    "time_bought": ("How long until they buy", "구매까지 걸리는 시간"),
    "time_bought_help": (
        "Share of viewers who have bought, by days since their first look",
        "첫 조회 후 경과일별 구매한 조회 고객의 비율",
    ),
    # Paths & funnels
    "paths_page": ("Paths & funnels", "경로·퍼널"),
    "paths_page_question": (
        "Which way do visits go, and where are they lost?",
        "방문은 어디로 흐르고 어디서 이탈하나요?",
    ),
    "funnel": ("Funnel", "퍼널"),
    "funnel_help": (
        "Who takes each step, in order, and where the others go",
        "단계별 도달과 이탈한 사람이 간 곳",
    ),
    "flowing": ("Where visits flow", "방문의 흐름"),
    "flowing_help": (
        "A bar is as high as its sessions are many; red is who left",
        "막대 높이는 세션 수, 빨강은 사이트를 떠난 세션입니다",
    ),
    "whole_paths": ("The commonest paths", "가장 많은 경로"),
    "whole_paths_help": (
        "Steps in order; reloads and loops are folded", "차례대로 본 단계. 새로 고침과 반복은 접음",
    ),
    "began_on": ("Where visits begin", "진입 페이지"),
    "ended_on": ("Where visits end", "종료 페이지"),
    "ended_on_help": (
        "Click a page to see the visits that viewed it",
        "페이지를 클릭하면 그 페이지를 본 방문만 봅니다",
    ),
    "next_to": ("Before and after a page", "페이지 앞뒤의 이동"),
    "next_to_help": (
        "Where people go next, or come from, with its probability",
        "다음에 간 곳, 또는 온 곳과 그 확률",
    ),
    "searched": ("What they search for", "사이트 내 검색어"),
    "searched_help": (
        "Words of few visitors are counted together", "방문자가 적은 검색어는 함께 셉니다",
    ),
    # Lifecycle & retention
    "lifecycle_page": ("Lifecycle & retention", "생애 주기·재방문"),
    "lifecycle_page_question": (
        "Who becomes a customer, who comes back, and who goes quiet?",
        "누가 고객이 되고, 다시 오고, 조용해지나요?",
    ),
    "stages": ("Stages of the relationship", "관계의 단계"),
    "stages_help": (
        "People in each stage at the end of each month, and who stepped up",
        "매월 말 단계별 인원과 다음 단계로 올라간 사람",
    ),
    "cohorts": ("Who comes back", "재방문 코호트"),
    "cohorts_help": (
        "People who began together, and how many of them came again later",
        "함께 시작한 사람 중 이후에 다시 온 비율",
    ),
    "activity": ("How lately customers came", "고객의 최근 방문"),
    "activity_help": (
        "Days since the last visit by segment; the table tells who is going quiet",
        "세그먼트별 마지막 방문 후 일수. 표에서 조용해지는 고객을 볼 수 있습니다",
    ),
    # Campaigns, Attribution
    "campaigns_page": ("Campaigns", "캠페인"),
    "campaigns_page_question": (
        "What does each campaign bring for its cost, and is the goal within reach?",
        "캠페인은 비용만큼 성과를 내고, 목표는 달성될까요?",
    ),
    "campaigns_compared": ("Campaigns compared", "캠페인 성과"),
    "campaigns_compared_help": (
        "Dot: conversion rate, line: its 95% interval, dotted: the average",
        "점: 전환율, 선: 95% 신뢰구간, 점선: 평균",
    ),
    "attribution_page": ("Attribution", "기여도 분석"),
    "attribution_page_question": (
        "What is each channel's part in the conversions?", "각 채널은 전환에 얼마나 기여했나요?",
    ),
    "credited_by_model": ("Credit by model", "모델별 기여"),
    "credited_by_model_help": (
        "What all models agree on is safe to act on; where they differ, be careful",
        "모든 모델이 일치하면 믿을 만하고, 다르면 조심해서 보세요",
    ),
    # Data quality
    "quality_page": ("Data quality", "데이터 품질"),
    "quality_page_question": ("Can these numbers be trusted?", "이 숫자를 믿어도 되나요?"),
    "accounts_told": ("The last day, and all lines", "마지막 날과 전체 로그"),
    "accounts_told_help": (
        "Whether every line is accounted for, and whether the day is like those before",
        "모든 행이 설명되는지, 이전의 같은 요일과 비슷한지",
    ),
    "accounts": ("Where every line went", "모든 로그 행의 행방"),
    "accounts_help": (
        "Lines read are page views, events, files, robots, errors, or told why not",
        "읽은 행은 모두 페이지뷰·이벤트·파일·봇·오류 중 하나이거나 제외된 이유가 있습니다",
    ),
    "by_day": ("Sessions by day", "일별 세션"),
    "by_day_help": (
        "A day far below the others may miss a log", "유난히 낮은 날은 로그가 빠졌을 수 있습니다",
    ),
    "robots": ("Robots, and why", "봇과 판별 이유"),
    "robots_help": (
        "The table tells the rules that found them", "표에서 어떤 규칙이 찾았는지 볼 수 있습니다",
    ),
    "rejected": ("What was rejected", "거부된 행"),
    "rejected_help": (
        "By what the lines look like; `weblog rejects` shows the lines themselves",
        "행의 모양별 집계입니다. 행 자체는 `weblog rejects`로 볼 수 있습니다",
    ),
    "other_tool": ("Beside the tool before", "이전 도구와 나란히"),
    "other_tool_help": (
        "Dashed: what the other tool counted, by its own rules. All days, unless you choose dates",
        "점선: 다른 도구가 자체 기준으로 센 값. 날짜를 직접 고르지 않으면 전체 기간입니다",
    ),
    "defined": ("The same visits by other rules", "다른 규칙으로 센 방문"),
    "defined_help": (
        "Why another tool may count otherwise", "다른 도구의 수치가 다른 이유",
    ),
}  # fmt: skip
"""Key to (English, Korean); a text may have {places} to fill in."""
