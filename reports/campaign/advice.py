"""What to do about each finding of tags, in English and Korean."""

from __future__ import annotations

from typing import Final

ADVICE: Final[dict[str, tuple[str, str]]] = {
    "case_variant": (
        "Write it in lower case everywhere. Counted as one here, but not by every other tool",
        "모두 소문자로 쓰세요. 여기서는 하나로 세지만 다른 도구에서는 따로 셀 수 있습니다",
    ),
    "separator_variant": (
        "Use the spelling meant: they are counted as two",
        "제안된 표기로 통일하세요: 지금은 둘로 나뉘어 집계됩니다",
    ),
    "typo": (
        "Probably a typo: correct the link to the name meant, or keep it if it is another one",
        "오타로 보입니다: 제안된 이름으로 링크를 고치세요. 다른 이름이 맞다면 그대로 두세요",
    ),
    "template": (
        "A placeholder was not filled in: correct the template of the mailing or ad system",
        "자리표시자가 채워지지 않았습니다: 메일·광고 시스템의 템플릿을 고치세요",
    ),
    "internal_tagged": (
        (
            "A link of the site itself is tagged: take the tags off, they overwrite where visits "
            "came from"
        ),
        "사이트 내부 링크에 태그가 있습니다: 실제 유입 경로를 덮어쓰므로 태그를 빼세요",
    ),
    "no_medium": (
        "Add a medium (cpc, email, display, social): without one the channel cannot be told",
        "매체(medium)를 추가하세요(cpc, email, display, social): 없으면 채널을 알 수 없습니다",
    ),
    "no_source": (
        "Add a source: who sent the visit (naver, newsletter)",
        "소스(source)를 추가하세요: 방문을 보낸 곳(naver, newsletter)",
    ),
    "unknown_medium": (
        "No channel rule knows this medium: use one of those in docs/classification.md",
        "이 매체를 아는 채널 규칙이 없습니다: docs/classification.md의 매체 중 하나를 쓰세요",
    ),
    "unknown_campaign": (
        "Links carry it, but the campaigns table does not know it: add it, with cost and days",
        "링크에는 있지만 캠페인 표에 없습니다: 비용과 기간을 포함해 추가하세요",
    ),
    "unseen_campaign": (
        "It runs, but no visit carries its name: are its links tagged with it?",
        "진행 중인데 이 이름이 있는 방문이 없습니다: 링크에 태그가 있습니까?",
    ),
    "untagged_mail": (
        (
            "Visits from mail clients without tags while mailings are read: tag every link of a "
            "mailing"
        ),
        (
            "메일 발송 기간에 메일 서비스에서 태그 없이 들어온 방문입니다: 메일의 모든 링크에 "
            "태그를 넣으세요"
        ),
    ),
    "untagged_source": (
        "It sends more visits without tags while its campaign runs: check the links placed there",
        "캠페인 기간에 이곳에서 태그 없는 방문이 늘었습니다: 게재된 링크를 확인하세요",
    ),
    "untagged_landing": (
        (
            "Visits without tags begin on the campaign's own page while it runs: check links and "
            "redirects"
        ),
        (
            "캠페인 기간에 캠페인 전용 페이지로 태그 없이 들어온 방문입니다: 링크와 리디렉션을 "
            "확인하세요"
        ),
    ),
}
"""Finding to what to do."""
