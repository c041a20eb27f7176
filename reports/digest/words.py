"""The words of digests beside the reports' own, in English and Korean."""

from __future__ import annotations

from typing import Final

from reports.figures.numbers import check_language
from reports.figures.words import WORDS as FIGURE_WORDS

WORDS: Final[dict[str, tuple[str, str]]] = {
    "period": ("{start} to {end}", "{start}부터 {end}까지"),
    "compared": ("compared with {start} to {end}", "비교 기간: {start}부터 {end}까지"),
    "filtered": ("only {filters}", "필터: {filters}"),
    "no_period": ("no data yet", "아직 데이터가 없습니다"),
    "more_rows": ("{count} more rows are not shown.", "이 밖에 {count}개 행이 더 있습니다."),
    "small": ("* too few for a conclusion", "* 결론을 내리기에는 너무 적음"),
    "warnings": ("To know beside the numbers", "숫자와 함께 알아 두세요"),
    "figure_of": ("Figure: {title}", "그림: {title}"),
    "sent_by": (
        "Sent by Weblog insight for {site}. Whoever may change site.toml can stop it.",
        "{site}의 Weblog insight가 보냈습니다. site.toml에서 중단할 수 있습니다.",
    ),
    "pdf_too": ("The same is attached as PDF.", "같은 내용을 PDF로 첨부했습니다."),
    "and_change": ("{name} {value} ({change})", "{name} {value}({change})"),
    "without_change": ("{name} {value}", "{name} {value}"),
    "days_told": (
        (
            "{total} sessions in {days} days, {mean} a day; most on {high_day} ({high}), fewest "
            "on {low_day} ({low})."
        ),
        (
            "{days}일 동안 세션 {total}건, 하루 평균 {mean}건. 가장 많은 날은 {high_day}({high}), "
            "가장 적은 날은 {low_day}({low})입니다."
        ),
    ),
    "before_told": ("The period before had {value} ({change}).",
                    "비교 기간은 {value}건이었습니다({change})."),
    "leads": ("{name} comes first with {value} {measure}, {share} of all.",
              "1위는 {name}: {measure} {value}건, 전체의 {share}입니다."),
    "leads_plain": ("{name} comes first with {value} {measure}.",
                    "1위는 {name}: {measure} {value}건입니다."),
    "rose": ("Grew most: {name} ({change}).", "가장 많이 늘어난 항목: {name}({change})."),
    "fell": ("Fell most: {name} ({change}).", "가장 많이 줄어든 항목: {name}({change})."),
    "beyond": ("{count} of {rows} differences are beyond chance.",
               "차이 {rows}개 가운데 {count}개가 우연을 벗어납니다."),
    "funnel": ("Of {began} who began, {ended} ({rate}) came to the end.",
               "시작한 {began} 가운데 {ended}({rate})이 끝까지 갔습니다."),
    "funnel_worst": ("Most are lost between {before} and {after}: {rate}.",
                     "이탈이 가장 큰 구간은 {before} → {after}: {rate}입니다."),
    "target_told": ("{target}: {so_far} of {number}, {state}.",
                    "{target}: 목표 {number} 중 {so_far}, {state}."),
    "nothing": ("Nothing to show for this period.", "이 기간에는 표시할 데이터가 없습니다."),
    "others": ("(all others)", "(나머지 전체)"),
    "all": ("(all)", "(전체)"),
    "unknown": ("(none)", "(없음)"),
    "yes": ("yes", "예"),
    "no": ("no", "아니요"),
    # columns of tables, where the figures' words have no name for them
    "measure": ("Measure", "지표"),
    "date": ("Day", "날짜"),
    "share": ("Share", "비중"),
    "low": ("from", "하한"),
    "high": ("to", "상한"),
    "change": ("Change", "변화"),
    "previous_sessions": ("Sessions before", "비교 기간 세션"),
    "previous_page_views": ("Views before", "비교 기간 조회"),
    "entry_page": ("Entry page", "진입 페이지"),
    "exit_page": ("Exit page", "이탈 페이지"),
    "path": ("Path", "경로"),
    "source": ("Source", "소스"),
    "medium": ("Medium", "매체"),
    "category": ("Content", "콘텐츠"),
    "product": ("Product", "상품"),
    "browser": ("Browser", "브라우저"),
    "os": ("System", "운영체제"),
    "name": ("Name", "이름"),
    "kind": ("Kind", "종류"),
    "part": ("Part", "구분"),
    "model": ("Model", "모델"),
    "step_name": ("Step", "단계"),
    "reached": ("Reached", "도달"),
    "rate": ("Rate", "비율"),
    "lost": ("Lost", "이탈"),
    "term": ("Search term", "검색어"),
    "index": ("Index", "지수"),
    "dwell_s": ("Time on page", "체류 시간"),
    "beyond_chance": ("Beyond chance", "우연을 벗어남"),
    "difference": ("Difference", "차이"),
    "entries": ("Entries", "진입"),
    "exits": ("Exits", "종료"),
    "hits": ("Hits", "요청"),
    "lines": ("Lines", "로그 줄"),
    "lift": ("Lift", "향상도"),
}  # fmt: skip
"""Key to (English, Korean)."""


_COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "previous": ("Before", "비교 기간"), "value": ("Value", "값"), "lost": ("Lost", "이탈"),
}  # fmt: skip


def word(key: str, language: str, **places: object) -> str:
    """Return the text for ``key`` with its places filled in.

    Raises:
        UnknownNameError: no such language.
    """
    english, korean = WORDS[key]
    text = korean if check_language(language) == "ko" else english
    return text.format(**places) if places else text


def column_name(column: str, language: str) -> str:
    """Return what a column is called in a table; its own name where there is no word for it."""
    for catalogue in (_COLUMNS, WORDS, FIGURE_WORDS):
        if column in catalogue:
            english, korean = catalogue[column]
            return korean if check_language(language) == "ko" else english
    return column.replace("_", " ").capitalize()
