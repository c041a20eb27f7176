"""What each report is called and which question it answers, in English and Korean."""

from __future__ import annotations

from typing import Final

from reports.figures.numbers import check_language
from reports.plugged import is_report, plugged_report
from reports.registry import REPORTS

QUESTIONS: Final[dict[str, tuple[str, str, str, str]]] = {
    "summary": ("Summary", "How did the period go?", "요약", "이 기간의 성과는 어땠나요?"),
    "site_status": ("Day by day", "How is the site doing, day by day?",
                    "일별 현황", "사이트는 날마다 어떻게 움직였나요?"),
    "live": ("The last 30 minutes", "What happens on the site now?",
             "최근 30분", "지금 사이트에서 무슨 일이 일어나고 있나요?"),
    "anomalies": ("Out of line", "Which days were out of line, and what changed for good?",
                  "이상 징후", "평소와 달랐던 날과 지속된 변화는 무엇인가요?"),
    "channels": ("Channels", "Where do visits come from?", "채널", "방문은 어디에서 오나요?"),
    "sources": ("Sources", "Which sites and sources send visits?",
                "유입 소스", "어떤 사이트와 소스가 방문을 보내나요?"),
    "campaigns": ("Campaigns", "What does each campaign bring?",
                  "캠페인", "캠페인마다 무엇을 가져왔나요?"),
    "campaign_results": ("Campaign results", "What did each campaign bring, and at what cost?",
                         "캠페인 성과", "캠페인마다 성과와 비용은 얼마인가요?"),
    "goals": ("Targets", "Will the targets be reached?",
              "목표 달성", "목표를 달성할 수 있을까요?"),
    "campaign_effect": ("Before, during and after a campaign",
                        "What was different while the campaign ran?",
                        "캠페인 전·중·후 비교", "캠페인 기간에 무엇이 달라졌나요?"),
    "landing_pages": ("Landing pages of campaigns", "Where do visits of campaigns begin?",
                      "캠페인 랜딩 페이지", "캠페인 방문은 어디에서 시작되나요?"),
    "campaign_paths": ("Campaigns on the way", "How do campaigns lead to conversions?",
                       "캠페인 전환 경로", "캠페인은 어떻게 전환으로 이어지나요?"),
    "tagging": ("Tags of links", "Which campaign links are tagged wrongly?",
                "캠페인 태그 점검", "태그가 잘못된 캠페인 링크는 무엇인가요?"),
    "attribution": ("Attribution", "Which channels are credited with conversions?",
                    "기여도", "전환에 기여한 채널은 무엇인가요?"),
    "banners": ("Banners", "What did each banner cost and bring?",
                "배너", "배너마다 비용과 성과는 얼마인가요?"),
    "banner_gap": ("From click to visit", "Why do fewer visits arrive than clicks are reported?",
                   "배너 클릭과 방문의 차이", "보고된 클릭보다 방문이 적은 이유는 무엇인가요?"),
    "creatives": ("Creatives compared", "Which creative does better?",
                  "배너 소재 비교", "어떤 배너 소재가 더 효과적인가요?"),
    "mailings": ("Mailings", "How many mails were opened and clicked, and what followed?",
                 "이메일 발송 성과", "메일을 얼마나 열고 클릭했으며 무엇으로 이어졌나요?"),
    "mailing_effect": ("Effect of mailings", "What would not have happened without the mail?",
                       "이메일의 순효과", "메일이 없었다면 일어나지 않았을 일은 무엇인가요?"),
    "mail_times": ("Times of opens and clicks", "When are mails opened and clicked?",
                   "메일 반응 시간", "메일은 언제 열리고 클릭되나요?"),
    "mail_recipients": ("Recipients", "What became of each customer's mail?",
                        "메일 수신자", "고객마다 메일에 어떻게 반응했나요?"),
    "mail_robots": ("Machines that read mail", "Which opens and clicks were machines'?",
                    "메일을 여는 기계", "기계가 만든 열람과 클릭은 무엇인가요?"),
    "devices": ("Devices", "What do people visit with?", "기기", "무엇으로 방문하나요?"),
    "segments": ("Segments", "Who visits?", "세그먼트", "누가 방문하나요?"),
    "segments_by": ("Segments in parts", "What are the customers of each segment like?",
                    "세그먼트 구성", "세그먼트마다 어떤 고객이 있나요?"),
    "segment_table": ("Segments side by side", "How do segments differ?",
                      "세그먼트 비교표", "세그먼트는 서로 어떻게 다른가요?"),
    "compare": ("Two segments compared", "What tells two segments apart?",
                "두 세그먼트 비교", "두 세그먼트는 무엇이 다른가요?"),
    "cross": ("Two dimensions crossed", "Which values meet more often than expected?",
              "교차 분석", "어떤 값들이 기대보다 자주 만나나요?"),
    "transitions": ("Moves between segments", "Who moved from which segment to which?",
                    "세그먼트 이동", "고객은 어느 세그먼트에서 어디로 옮겼나요?"),
    "cohorts": ("Cohorts", "Who comes back, and for how long?",
                "코호트", "누가, 얼마나 오래 다시 오나요?"),
    "lifecycle": ("Stages of the relationship", "Who is in which stage, and who moves on?",
                  "고객 생애 단계", "단계마다 몇 명이며 누가 다음으로 가나요?"),
    "activity": ("Activity", "Which customers are still active?",
                 "고객 활동", "아직 활동하는 고객은 얼마나 되나요?"),
    "pages": ("Pages", "What do people look at?", "페이지", "무엇을 보나요?"),
    "entry_pages": ("Entry pages", "Where do visits begin?",
                    "진입 페이지", "방문은 어디에서 시작되나요?"),
    "exit_pages": ("Exit pages", "Where do visits end?",
                   "이탈 페이지", "방문은 어디에서 끝나나요?"),
    "paths": ("Paths", "Which ways do visits take?", "방문 경로", "방문은 어떤 경로로 가나요?"),
    "flows": ("Flows", "How do visits flow from step to step?",
              "방문 흐름", "방문은 단계마다 어떻게 흐르나요?"),
    "next_pages": ("Next pages", "Where do people go from a page?",
                   "다음 페이지", "한 페이지에서 어디로 가나요?"),
    "funnel": ("Funnel", "How many reach the goal, and where are they lost?",
               "퍼널", "몇 명이 목표에 이르고 어디에서 이탈하나요?"),
    "search_terms": ("Site search", "What do people search for on the site?",
                     "사이트 내 검색", "사이트에서 무엇을 검색하나요?"),
    "categories": ("Content", "Which content interests people?",
                   "콘텐츠", "어떤 콘텐츠에 관심이 있나요?"),
    "products": ("Products", "Which products interest people?",
                 "상품", "어떤 상품에 관심이 있나요?"),
    "preference": ("Preference", "What does each group care about more than others?",
                   "선호", "집단마다 무엇을 더 좋아하나요?"),
    "customer_preference": ("Preference of customers", "What does each customer care about?",
                            "고객별 선호", "고객마다 무엇을 좋아하나요?"),
    "associations": ("Associations", "Which content goes with which product?",
                     "연관 관계", "어떤 콘텐츠와 상품이 함께 가나요?"),
    "interest_to_purchase": ("Interest and purchase", "Do those who look buy more often?",
                             "관심과 구매", "조회한 사람이 더 자주 구매하나요?"),
    "time_to_purchase": ("Time to purchase", "How long from the first look to the purchase?",
                         "구매까지의 시간", "첫 조회에서 구매까지 얼마나 걸리나요?"),
    "interest_gap": ("Interest and sales", "What is looked at but not bought?",
                     "관심과 판매의 차이", "관심은 있지만 팔리지 않는 상품은 무엇인가요?"),
    "changes": ("What changed", "Which differences go beyond chance?",
                "무엇이 달라졌나", "우연을 벗어난 변화는 무엇인가요?"),
    "definitions": ("Definitions", "What would other tools count?",
                    "정의 비교", "다른 도구라면 어떻게 셀까요?"),
    "recommendation_quality": ("Quality of suggestions", "Do suggestions hit?",
                               "추천 품질", "추천이 잘 맞나요?"),
    "bots": ("Robots", "Which robots come, and what for?", "봇", "어떤 봇이 왜 오나요?"),
    "reconciliation": ("Where every line went", "Does every line of the logs add up?",
                       "로그 정산", "모든 로그 줄이 맞아떨어지나요?"),
    "history": ("Before and beside", "What did the tool before count, and how do numbers differ?",
                "이전 도구와 비교", "이전 도구는 얼마로 셌고, 지금과 얼마나 다른가요?"),
}  # fmt: skip
"""Report to its title and question in English, then in Korean."""


def title_and_question(report: str, language: str) -> tuple[str, str]:
    """Return what a report is called, and what it answers.

    Raises:
        UnknownNameError: no such language.
    """
    korean = check_language(language) == "ko"
    if report not in QUESTIONS and report not in REPORTS and is_report(report):
        own = plugged_report(report)
        if korean:
            return own.title.korean, own.question.korean
        return own.title.english, own.question.english
    if report not in QUESTIONS:  # a report of somebody's own, put into the registry
        first = (REPORTS[report].function.__doc__ or "").partition("\n")[0]
        return report.replace("_", " ").capitalize(), first
    english, asks, title, question = QUESTIONS[report]
    return (title, question) if korean else (english, asks)
