"""A report's warnings as people read them: translated by code, the facts filled in."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final

from dashboard.campaign_notices import KOREAN as OF_CAMPAIGNS
from dashboard.history_notices import KOREAN as OF_HISTORY
from dashboard.live_notices import KOREAN as OF_LIVE
from dashboard.value_names import value_name
from dashboard.view import Dropped
from dashboard.words import word
from reports import ReportWarning
from reports.figures import numbers
from reports.figures.words import WORDS as FIGURE_WORDS
from reports.measures import MEASURES
from reports.warning import TEXTS

ENGLISH: Final[dict[str, str]] = {
    "interest_same_day": (
        "{same} of {bought} purchases fall on the day of the first view: who buys online cannot "
        "but look first"
    ),
    "no_change": "No change in {measure} stands out from everyday ups and downs",
}
"""Code to the English text of a page, where the reports' own is for those who compute."""

KOREAN: Final[dict[str, str]] = {
    "no_data": "저장소에 아직 세션이 없습니다: `weblog ingest FILE`로 만드세요",
    "period_without_data": (
        "{start}부터 {end}까지는 데이터가 없습니다: 데이터는 {first}부터 {last}까지입니다"
    ),
    "starts_before_data": "기간은 {start}에 시작하지만 데이터는 {first}부터 있습니다",
    "ends_after_data": "기간은 {end}에 끝나지만 데이터는 {last}까지 있습니다",
    "days_ahead": (
        "{first}부터의 세션 {sessions}개는 기록 당시 아직 오지 않은 날짜입니다: 서버의 시계가 "
        "잘못되었습니다"
    ),
    "days_missing": (
        "이 {days}일 중 {missing}일에 세션이 없습니다: 아직 읽지 않은 로그가 있습니까?"
    ),
    "no_previous_data": "비교할 것이 없습니다: {start}부터 {end}까지 데이터가 없습니다",
    "previous_incomplete": (
        "비교 기간 {start}부터 {end}까지의 일부만 데이터가 있습니다({first}부터 {last}까지): "
        "변화가 실제보다 커 보입니다"
    ),
    "unknown_value": "{filter}에 {value} 값이 데이터에 없습니다: 해당하는 세션이 없습니다",
    "no_match": "이 필터에 맞는 세션이 없습니다",
    "small_numbers": "세션이 {sessions}개뿐입니다: 결론을 내리기에는 너무 적습니다",
    "sampled": (
        "방문자 {sample}명 중 1명의 표본으로 계산했습니다: 건수는 표본의 것이고 비율은 추정치입니다"
    ),
    "rows_withheld": "방문자가 {least}명 미만인 그룹·날짜와 그다음으로 적은 것은 제외했습니다",
    "days_withheld": (
        "{start}부터 {end}까지만 표시합니다: 그 밖의 날은 필터에 맞는 방문자가 {least}명 미만입니다"
    ),
    "previous_withheld": (
        "비교하지 않습니다: 비교 기간의 시작일이나 종료일에 방문자가 {least}명 미만입니다"
    ),
    "no_categories": "콘텐츠 분류가 있는 페이지가 없습니다: site.toml에 [[categories]]를 쓰세요",
    "no_products": "상품 페이지가 없습니다: site.toml에 [[products]]를 쓰세요",
    "too_few_days": (
        "데이터가 {days}일뿐입니다: 요일 차이를 우연과 구별하려면 {least}일이 필요합니다"
    ),
    "no_steps_yet": (
        "데이터가 {days}일뿐입니다: 지속되는 변화는 {least}일부터 알 수 있습니다"
    ),
    "nothing_out_of_line": (
        "{series}개 계열에서 우연을 넘는 이상치나 지속되는 변화가 없습니다"
    ),
    "no_banners": (
        "불러온 배너가 없어 노출·보고된 클릭·비용을 알 수 없습니다. 매체의 파일을 site.toml의 "
        '[tables]에 쓰거나(banners = "banners.csv": date, banner, campaign, portal, position, '
        "impressions, clicks, cost) `weblog banners load FILE`을 실행하세요"
    ),
    "banners_not_reported": (
        "이 기간에 매체가 보고한 배너가 없습니다. banners 테이블은 {first}부터 {last}까지입니다: "
        "새 보고서를 불러오세요"
    ),
    "banner_column_missing": (
        "이 기간의 banners {rows}행 중 {missing}행에 {column} 값이 없어 계산에서 빠집니다. 그 열이 "
        "있는 파일을 `weblog banners load FILE`로 불러오면 채워집니다"
    ),
    "reported_counted_whole": (
        "매체가 보고한 값은 전체 기준입니다: {filters} 필터는 세션에만 적용되므로 클릭과 비용은 "
        "모든 사람의 것입니다"
    ),
    "gap_unknowable": (
        "클릭하고 페이지를 요청하지 않은 사람은 어떤 로그에도 없습니다. ‘페이지 요청 없음’은 "
        "나머지로, 중간에 끊기거나 차단된 클릭, 중복 집계되거나 꾸며진 클릭, 매체의 자정 기준 "
        "때문에 다른 날에 잡힌 클릭이 들어 있습니다"
    ),
    "portals_without_referrer": (
        "{portals}에서 온 방문에는 리퍼러가 없습니다: 거기서 유실된 파라미터는 볼 수 없어 ‘페이지 "
        "요청 없음’에 포함됩니다"
    ),
    "usual_unknown": (
        "데이터가 {campaign} 캠페인과 함께 시작합니다: 그 전에 {portals}에서 파라미터 없이 얼마나 "
        "왔는지 알 수 없어, 많게는 모두 유실로 봅니다"
    ),
    "creatives_apart": (
        "비교 {cells}개 중 {pairs}개는 서로 다른 포털이나 위치의 소재입니다: 차이는 소재와 위치를 "
        "합친 것입니다"
    ),
    "no_rivals": "이 기간에 비교할 소재가 둘 이상인 캠페인이 없습니다",
    "no_campaigns": "이 기간에 캠페인이 있는 세션이 없습니다",
    "no_conversions": "이 기간에 필터에 맞는 세션 중 목표를 달성한 세션이 없습니다",
    "window_before_data": (
        "전환 경로는 {start}까지 거슬러 올라가지만 데이터는 {first}부터 있습니다: 초기 전환에 "
        "이르는 경로는 일부만 알 수 있습니다"
    ),
    "journeys_split": (
        "전환 세션 {all}개 중 {split}개는 로그인 전 등 다른 사람으로 집계된 세션이 있는 브라우저의 "
        "것입니다: 그 세션은 경로에서 빠집니다. [identity] stitching = \"visitor\"로 이어 보세요"
    ),
    "small_credits": (
        "{cells}행 중 {small}행은 경로에 포함된 전환이 너무 적어 결론을 내릴 수 없습니다"
    ),
    "paths_shortened": "경로 {paths}개가 접점 {touches}개보다 길어 최근 접점만 반영했습니다",
    "not_resampled": (
        "{model} 모델은 경로의 종류가 너무 많아 구간 없이 표시합니다: 차수나 항목 수를 줄이면 "
        "구간이 표시됩니다"
    ),
    "small_cells": "{cells}행 중 {small}행은 세션이 너무 적어 결론을 내릴 수 없습니다",
    "few_visitors": "{cells}행 중 {small}행은 방문자가 너무 적어 결론을 내릴 수 없습니다",
    "no_customers": "이 기간에 로그인한 고객의 세션이 없습니다",
    "customers_unseen": "선호를 알 수 있는 세션이 없는 고객: {customers}",
    "association_only": "연관입니다: 조회한 사람과 조회하지 않은 사람은 다른 점에서도 다릅니다",
    "interest_unfinished": (
        "첫 조회 {late}건은 데이터 마지막 날({last}) 전 {days}일 이내입니다: 아직 구매할 수 있어 "
        "제외했습니다"
    ),
    "interest_same_day": (
        "구매 {bought}건 중 {same}건은 첫 조회와 같은 날입니다: 온라인 구매자는 상품 페이지를 거칠 "
        "수밖에 없습니다"
    ),
    "no_purchases_at_all": (
        "알려진 구매가 하나도 없어 메일로 판매된 것을 알 수 없습니다: "
        "`weblog purchases load FILE`로 구매(purchase_id, customer_id, product, purchased)를 "
        "불러오세요. mailing_effect의 --outcome visit 또는 goal은 구매 없이도 됩니다"
    ),
    "no_purchases": "이 기간에 알려진 구매가 없습니다: `weblog purchases load FILE`로 불러오세요",
    "purchases_of_known": "이 필터에서는 선택된 세션에서 확인된 고객의 구매만 집계됩니다",
    "small_groups": "{cells}행 중 {small}행은 대상 고객이 너무 적어 결론을 내릴 수 없습니다",
    "products_overlap": (
        "고객 한 명이 여러 상품을 보유할 수 있습니다: 세션이 상품마다 집계되어 비율의 합이 1이 "
        "되지 않습니다"
    ),
    "dimensions_overlap": (
        "세션 하나가 {dimensions} 값을 여러 개 가질 수 있습니다: 값마다 집계되어 칸의 합이 세션 "
        "수와 다릅니다"
    ),
    "unknown_left_out": (
        "{attribute} 정보가 없는 세션 {sessions}개는 제외했습니다: 로그인이 없거나 그날의 고객 "
        "정보에 없습니다"
    ),
    "attribute_unknown": (
        "{attribute} 정보가 있는 세션이 없습니다: 로그인이 없거나 그날의 고객 정보에 없습니다"
    ),
    "customers_counted_whole": (
        "고객은 방문 여부와 관계없이 모두 셉니다: 기간만 적용되고 다른 필터는 적용되지 않습니다"
    ),
    "cohorts_begin_with_data": (
        "데이터는 {first}부터 있습니다: 그 뒤에 온 방문자가 전에도 왔는지는 알 수 없으므로 "
        "첫 코호트에는 기존 방문자도 섞여 재방문율이 높게 나옵니다"
    ),
    "cohorts_before": (
        "고객 {people}명은 {start} 전에 시작하여 어느 코호트에도 없습니다: "
        "시작일을 앞당기면 포함됩니다"
    ),
    "no_joining": "가입일을 알 수 없습니다: `weblog customers load FILE`로 고객 정보를 불러오세요",
    "small_cells_people": "{cells}행 중 {small}행은 인원이 너무 적어 결론을 내릴 수 없습니다",
    "visits_before_data": (
        "데이터는 {first}부터 있습니다: 그 전의 방문은 고객 정보가 알려 주는 것만 알 수 있어 "
        "실제로는 더 많은 고객이 활동했을 수 있습니다"
    ),
    "people_counted_whole": (
        "사람은 유입과 관계없이 모두 셉니다: 기간만 적용되고 다른 필터는 적용되지 않습니다"
    ),
    "nobody_known": (
        "알려진 고객이 없습니다: 로그인한 사람이 없고 고객 정보도 불러오지 않았습니다 "
        "(`weblog customers load FILE`). 모두 익명입니다"
    ),
    "small_flows": "{cells}개 이동 중 {small}개는 출발 인원이 너무 적어 결론을 내릴 수 없습니다",
    "hits_counted_whole": (
        "모든 요청으로 세션을 새로 만듭니다: 기간만 적용되고 다른 필터는 적용되지 않습니다"
    ),
    "purchases_without_session": (
        "구매가 어느 세션에서 비롯되었는지는 알 수 없습니다: 세션을 {filters}(으)로 필터하는 동안 "
        "구매는 표시하지 않습니다"
    ),
    "no_product_categories": (
        "조회된 상품에 상품군이 없습니다: site.toml의 [[products]]에 category = \"...\"를 쓰고 "
        "--site로 지정하세요"
    ),
    "segments_as_of": "고객은 세션 시작 시점이 아니라 {day} 시점의 세그먼트로 표시됩니다",
    "other_segment_rules": (
        "저장소의 세션에 이 규칙에 없는 세그먼트가 있습니다({segments}): 다른 규칙으로 "
        "만들어졌습니다. --site로 그 규칙을 지정하세요"
    ),
    "not_reached": "이 기간의 방문에는 {step} 단계가 없습니다",
    "rare_steps": "드문 페이지나 분류 {pages}개는 한 단계 {step}(으)로 묶었습니다",
    "no_funnels": "사이트에 퍼널이 없습니다: site.toml에 [[funnels]]를 쓰거나 단계를 지정하세요",
    "funnel_cut_short": (
        "시작한 {all} 중 아직 끝내지 않은 {people}은(는) 기간 종료 전 {days}일 이내에 "
        "시작했습니다: 다른 사람보다 시간이 짧았습니다"
    ),
    "no_searches": (
        "이 기간에 사이트 내 검색이 보이지 않습니다: site.toml의 [site_search]에 페이지와 "
        "파라미터를 쓰세요"
    ),
    "searches_gone": (
        "검색 페이지 조회 {all}건 중 {gone}건은 원본 요청이 더는 저장되어 있지 않아 검색어를 "
        "알 수 없습니다"
    ),
    "nothing_to_evaluate": (
        "이 기간 이전에 알려진 고객 중 기간 안에 무언가를 찾은 고객이 없습니다: 추천을 평가할 수 "
        "없어 인기 목록을 제공합니다"
    ),
    "popular_is_served": (
        "{kind}: 우연을 넘어 인기보다 나은 방법이 없습니다. 인기 목록을 제공합니다"
    ),
    "mail_filters": (
        "발송에는 세션이 없습니다: {filters} 필터는 적용되지 않고 캠페인, 세그먼트, 고객과 고객 "
        "정보 필터만 적용됩니다"
    ),
    "no_mailings": (
        "mailings 테이블이 비어 있습니다: `weblog mailings load FILE`로 메일링(mailing, sent, "
        "product)을, `weblog deliveries load FILE`로 발송 대상 고객을 불러오세요"
    ),
    "mailings_undated": (
        "메일링 {mailings}개는 발송 시각이 없어 어느 보고서에도 없습니다: sent 열이 있는 "
        "mailings를 불러오세요"
    ),
    "no_mailings_sent": "이 기간에 필터에 맞는 메일링이 발송되지 않았습니다",
    "no_deliveries": (
        "메일링 {mailings}개 중 {without}개({names})는 발송 내역이 없어 누구에게 보냈는지 알 수 "
        "없습니다: `weblog deliveries load FILE`로 대상 고객마다 한 행(delivery, mailing, "
        "customer_id, is_held_out)을 불러오세요"
    ),
    "deliveries_of_nobody": (
        "발송 {deliveries}건에 고객 번호가 없습니다: 발송, 오픈, 클릭에는 포함되지만 이후 "
        "행동은 "
        "알 수 없습니다"
    ),
    "no_holdout": (
        "메일링 {mailings}개 중 {without}개({names})는 추첨으로 제외한 고객이 없습니다: "
        "관찰 결과일 뿐 효과를 알 수 없습니다. 대상의 10%를 추첨으로 제외하고 "
        "is_held_out = true로 발송 내역에 불러오세요(`weblog target`이 추첨합니다)"
    ),
    "no_variants": (
        "메일링 {mailings}개 중 {without}개({names})는 다른 버전이 없습니다: variant 열이 있는 "
        "발송 내역을 불러오세요"
    ),
    "both_groups": (
        "고객 {customers}명이 같은 메일링에서 발송과 제외 양쪽에 있습니다: 어느 집단에도 넣지 "
        "않았습니다"
    ),
    "mailings_unfinished": (
        "메일링 {mailings}개({names})는 데이터가 끝나는 날까지 기간이 다 지나지 않았습니다: 아직 "
        "오픈, 클릭, 구매할 수 있으며, 두 집단은 같은 기간 동안 관찰했습니다"
    ),
    "no_mail_rules": (
        "메일이 로그에 어떻게 남는지 사이트 규칙에 없습니다: site.toml의 [mail]에 {settings} "
        "설정을 쓰고 --site로 지정하세요"
    ),
    "no_mail_traces": (
        "로그에 이 메일링의 발송 번호가 있는 줄이 없습니다: site.toml의 [mail]이 맞는지, 픽셀과 "
        "리디렉션 서버의 로그를 읽었는지 확인하세요"
    ),
    "mail_unmatched": (
        "오픈, 클릭, 방문 {traces}건의 발송 번호가 발송 내역에 없습니다: 이 기간의 발송 내역이 "
        "빠졌습니까?"
    ),
    "held_out_written": (
        "제외한 고객 {customers}명의 메일이 오픈되거나 클릭되었습니다: 실제로 발송되었습니까?"
    ),
    "no_bounces": (
        "반송 정보가 없습니다: 도달 수가 발송 수와 같습니다. bounced 열('hard' 또는 'soft')이 있는 "
        "발송 내역을 불러오세요"
    ),
    "no_unsubscribes": (
        "수신 거부 정보가 없습니다: unsubscribed 열이 있는 발송 내역을 불러오세요"
    ),
    "opens_inflated": (
        "메일 앱은 그림을 숨기거나 읽지 않아도 미리 가져옵니다: 오픈은 메일링을 비교하는 데만 쓰고 "
        "독자 수로 보지 마세요"
    ),
    "no_comparison": "비교할 기간이 없어 무엇이 달라졌는지 알 수 없습니다",
    "no_change": "{measure}에서 평소의 오르내림을 벗어난 변화가 없습니다",
    "nothing_beyond_chance": (
        "{rows}개의 차이 가운데 우연을 벗어난 것이 없습니다: 이 세션 수로는 보이지 않을 뿐, 차이가 "
        "없다는 뜻은 아닙니다"
    ),
    "filters_ignored": "행은 통째로 셉니다: 기간만 적용되고 다른 필터는 적용되지 않습니다",
    "no_browser": (
        "그림 없이 보냅니다: 그림을 그릴 Chromium이 없습니다. 설치하거나 {variable} 환경 변수로 "
        "지정하세요"
    ),
    "no_pictures": "일부 그림이 없습니다: {problem}",
    "no_pdf": "PDF가 없습니다: {problem}",
    "does_not_add_up": (
        "{lines}행을 읽었지만 {accounted}행만 설명됩니다: 수집이 중단되었거나 진행 중입니다. "
        "`weblog ingest`를 다시 실행하면 완료됩니다"
    ),
    **OF_CAMPAIGNS,
    **OF_HISTORY,
    **OF_LIVE,
}  # fmt: skip
"""Code to its Korean text; in English most texts are the reports' own."""

QUIET: Final = frozenset({"no_match", "no_data", "no_categories", "no_products", "no_campaigns"})
"""Codes a page or a card shows as an empty state, not as a notice."""


def text(warning: ReportWarning, language: str) -> str:
    """Return a warning as one sentence.

    Raises:
        UnknownNameError: no such language.
    """
    korean = numbers.check_language(language) == "ko"
    template = (KOREAN if korean else TEXTS | ENGLISH)[warning.code]
    facts = {name: _shown(name, value, language) for name, value in warning.values.items()}
    sentence = template.replace("{value!r}", "{value}").format(**facts)
    near = warning.values.get("near")
    if near:
        field = str(warning.values.get("filter", ""))
        sentence += ". " + word(
            "did_you_mean", language, near=value_name(field, str(near), language)
        )
    return sentence[0].upper() + sentence[1:]


def _shown(name: str, value: object, language: str) -> str:
    if isinstance(value, date):
        return long_day(value, language)
    if name == "filter":
        return word(str(value), language)
    if name == "measure" and value in MEASURES and value in FIGURE_WORDS:
        return word(str(value), language).lower() if language == "en" else word(str(value), "ko")
    if isinstance(value, (int, float)):
        return numbers.number(value, language)
    return f"“{value}”"


def long_day(value: date, language: str) -> str:
    """Return a day with its year: ``3 Nov 2025``, ``2025.11.03``."""
    if language == "ko":
        return f"{value:%Y.%m.%d}"
    return f"{numbers.day(value)} {value.year}"


def named_month(value: date, language: str) -> str:
    """Return the month of a day: ``Nov 2025``, ``2025년 11월``."""
    if language == "ko":
        return f"{value.year}년 {value.month}월"
    return f"{numbers.day(value).split()[-1]} {value.year}"


def page_data(
    warnings: list[ReportWarning], dropped: list[Dropped], store: Path, language: str
) -> dict[str, Any]:
    """Return the state of a page: its notices, and whether there is anything to show.

    ``store`` is the folder of the store, for the command that fills it.
    """
    codes = {warning.code for warning in warnings}
    shown = [
        {"code": one.reason, "text": word(one.reason, language, name=one.name, value=one.value)}
        for one in dropped
    ]
    data: dict[str, Any] = {"state": "ready", "notices": shown + notices(warnings, language)}
    if "no_data" in codes:
        folder = shlex.quote(str(store.resolve()))
        return data | {"state": "no_data", "command": f"weblog ingest access.log --store {folder}"}
    if codes & {"no_match", "period_without_data"}:
        return data | {"state": "no_match"}
    return data


def notices(warnings: Iterable[ReportWarning], language: str) -> list[dict[str, Any]]:
    """Return the warnings of several reports as notices, each once, in their order."""
    texts = {
        text(warning, language): warning.code for warning in warnings if warning.code not in QUIET
    }
    return [{"code": code, "text": shown} for shown, code in texts.items()]
