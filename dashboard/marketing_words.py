"""The words of the pages about what marketing did: campaigns, banners, e-mail, days out of line."""

from __future__ import annotations

from typing import Final

MARKETING_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "choice_measure": ("Show", "지표"),
    "choice_click_rate": ("Click rate, where known", "클릭률(알 수 있으면)"),
    "choice_cost_first": ("CPA, where costs are known", "전환당 비용(알 수 있으면)"),
    "choice_event": ("Until", "반응"),
    "choice_bought": ("Did they", "결과"),
    "choice_against": ("Compared with", "비교 대상"),
    "choice_campaign": ("Campaign", "캠페인"),
    "choice_largest_campaign": ("The largest", "가장 큰 캠페인"),
    "bought_product": ("buy the product", "상품 구매"),
    "bought_purchase": ("buy anything", "모든 구매"),
    "bought_goal": ("reach a goal", "목표 달성"),
    "bought_visit": ("visit", "방문"),
    # Campaigns
    "campaign_costs": ("What it brought for its cost", "비용 대비 성과"),
    "campaign_costs_help": (
        "Dot: the measure, line: its 95% interval, dotted: all together; 'Show' changes it",
        "점: 지표, 선: 95% 구간, 점선: 전체. ‘지표’에서 바꿀 수 있습니다",
    ),
    "targets": ("Goals and targets", "목표와 목표치"),
    "targets_help": (
        "Bar: so far, mark: due by now, line: where it is heading",
        "막대: 현재, 표시: 지금까지의 기대, 선: 예상 결과",
    ),
    "tags": ("Links to repair", "고칠 링크"),
    "tags_help": (
        "Wrong or missing campaign tags, and what to do about each",
        "잘못되거나 빠진 캠페인 태그와 할 일",
    ),
    "landed_on": ("Landing pages", "랜딩 페이지"),
    "landed_on_help": (
        "Where visits of campaigns begin, and how many leave at once",
        "캠페인 방문이 시작된 페이지와 이탈률",
    ),
    "campaign_ways": ("On the way to a conversion", "전환까지의 캠페인"),
    "campaign_ways_help": (
        "Blue: the last touch, pale: on the way; the table has times and ways",
        "파랑: 마지막 접점, 연한 색: 도움. 표에서 기간과 경로를 볼 수 있습니다",
    ),
    "campaign_days_compared": ("A campaign's days and those before", "캠페인 전후 비교"),
    "campaign_days_compared_help": (
        "Blue: more, amber: less, beyond chance; observed, not proof of an effect",
        "파랑: 늘어남, 황색: 줄어듦(우연 이상). 관찰 결과이며 효과의 증거는 아닙니다",
    ),
    # Banners
    "banners_page": ("Banners", "배너"),
    "banners_page_question": (
        "Which creative and place brings visits, and where do clicks get lost?",
        "어떤 소재와 위치가 방문을 가져오고, 클릭은 어디서 사라지나요?",
    ),
    "banners_compared": ("Banners compared", "배너 비교"),
    "banners_compared_help": (
        "Pale: few visits; the table puts what media report beside what arrived",
        "연한 색: 방문이 적음. 표에서 매체 보고와 실제 방문을 나란히 볼 수 있습니다",
    ),
    "clicks_lost": ("What became of the clicks", "클릭의 행방"),
    "clicks_lost_help": (
        "From clicks the medium reports to people's visits; the table tells what is estimated",
        "매체가 보고한 클릭이 사람의 방문이 되기까지. 표에서 추정한 부분을 볼 수 있습니다",
    ),
    "creatives_compared": ("Which creative does better?", "어떤 소재가 더 나은가요?"),
    "creatives_compared_help": (
        "The better one is named first; grey may be chance",
        "더 나은 소재가 먼저 나옵니다. 회색은 우연일 수 있습니다",
    ),
    # E-mail
    "email_page": ("E-mail", "이메일"),
    "email_page_question": (
        "Did the mailings bring purchases that would not have been made?",
        "메일이 아니었다면 없었을 구매를 가져왔나요?",
    ),
    "mail_worked": ("Did it work?", "메일의 효과"),
    "mail_worked_help": (
        "Customers written to against those held out by lot",
        "발송한 고객과 추첨으로 제외한 고객(대조군)의 비교",
    ),
    "mail_funnel": ("From sent to bought", "발송에서 구매까지"),
    "mail_funnel_help": (
        "Raw counts machines, too; the others count people",
        "원자료는 기계도 셉니다. 나머지는 사람만 셉니다",
    ),
    "mail_hours": ("How fast they react", "반응까지 걸린 시간"),
    "mail_hours_help": (
        "Share of delivered mails by hours since sending", "발송 후 경과 시간별 반응한 메일의 비율",
    ),
    "mail_machines": ("People and machines", "사람과 기계"),
    "mail_machines_help": (
        "Opens and clicks by who left them; the table tells the rules",
        "오픈과 클릭을 남긴 주체. 표에서 규칙을 볼 수 있습니다",
    ),
    "mail_people": ("Who received it", "받은 고객"),
    "mail_people_help": (
        "What became of each mail; who looks at this list is recorded",
        "메일별 반응. 이 목록의 조회는 기록됩니다",
    ),
    # Days out of line
    "days_page": ("Days out of line", "평소와 다른 날"),
    "days_page_question": (
        "Which days were unusual, and did something change for good?",
        "어떤 날이 평소와 달랐고, 계속되는 변화가 있나요?",
    ),
    "days_unusual": ("What was unusual", "평소와 다른 점"),
    "days_unusual_help": (
        "Band: 95% of ordinary days; points: days out of it; dashed: a change that lasts",
        "띠: 보통 날의 95%, 점: 벗어난 날, 파선: 계속되는 변화",
    ),
}  # fmt: skip
"""Key to (English, Korean)."""
