"""The words of the live page, in English and Korean."""

from __future__ import annotations

from typing import Final

LIVE_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "live_page": ("Live", "실시간"),
    "live_page_question": (
        "What happens on the site now? The last 30 minutes",
        "지금 사이트에서 무슨 일이 있나요? 최근 30분",
    ),
    "live_pause": ("Pause", "일시정지"),
    "live_resume": ("Go on", "계속"),
    "live_paused": ("Paused at {time}", "{time}에 일시정지"),
    "live_updated": ("Updated {time}", "{time} 갱신"),
    "live_every": ("anew every {seconds} s", "{seconds}초마다 갱신"),
    "live_now": ("On the site now", "현재 방문자"),
    "live_now_help": ("active in the last 5 minutes", "최근 5분 안에 활동"),
    "live_half_hour": ("in 30 minutes", "30분 동안"),
    "live_errors": ("Errors", "오류"),
    "live_server_errors": ("{count} of the server (5xx)", "서버 오류(5xx) {count}"),
    "live_delay": ("Newest hit", "최근 요청"),
    "live_ago": ("{time} ago", "{time} 전"),
    "live_delay_help": ("delay of the data", "데이터 지연"),
    "live_by_minute": ("Page views per minute", "분당 페이지뷰"),
    "live_by_minute_help": (
        "The newest minute lacks what is not read yet",
        "마지막 분에는 아직 읽지 않은 행이 빠져 있습니다",
    ),
    "live_by_minute_told": (
        "Page views per minute of the last 30 minutes: {views} in all, {most} at most in a minute",
        "최근 30분의 분당 페이지뷰: 합계 {views}, 분당 최대 {most}",
    ),
    "live_pages": ("What they look at now", "지금 보는 페이지"),
    "live_pages_help": (
        "Visitors whose last page it is, and its views in 30 minutes",
        "마지막으로 본 방문자 수와 30분간 페이지뷰",
    ),
    "live_sources": ("Where they come from", "유입 경로"),
    "live_sources_help": (
        "Visitors and page views of visits from there", "그 경로로 온 방문자와 페이지뷰",
    ),
    "live_goals": ("Conversions", "전환"),
    "live_goals_help": ("Goals reached, and their value", "달성한 목표와 가치"),
    "live_failed": ("Errors", "오류"),
    "live_failed_help": ("Requests of people that failed", "실패한 방문자 요청"),
    "live_head_here": ("now", "현재"),
    "live_head_views": ("views", "조회"),
    "live_head_visitors": ("visitors", "방문자"),
    "live_head_count": ("count", "건수"),
    "live_head_value": ("value", "가치"),
    "live_head_status": ("status", "상태"),
    "live_no_goals": ("No goal was reached", "달성한 목표가 없습니다"),
    "live_no_errors": ("No request failed", "실패한 요청이 없습니다"),
    "live_nobody": ("Nobody in these minutes", "이 시간에 방문자가 없습니다"),
    "live_is_fresh": (
        "The logs are followed: newest hit {ago} ago", "로그를 따라 읽는 중: 최근 요청 {ago} 전",
    ),
    "live_is_behind": (
        "The logs are followed, but reading is {bytes} behind: newest hit {ago} ago",
        "로그를 따라 읽고 있지만 {bytes} 밀려 있습니다: 최근 요청 {ago} 전",
    ),
    "live_is_quiet": (
        "The logs are followed, but no line has come for {ago}. Is the web server writing to them?",
        "로그를 따라 읽고 있지만 {ago} 동안 새 줄이 없습니다. 웹 서버가 기록하고 있나요?",
    ),
    "live_is_read_now_and_then": (
        "Newest hit {ago} ago. Nobody follows the logs, so nothing new comes by itself. To start:",
        ("최근 요청 {ago} 전. 로그를 따라 읽고 있지 않아 새 데이터가 저절로 오지 않습니다. "
            "시작하려면:"),
    ),
    "live_is_alone": (
        "Nobody follows the logs: the newest hit is {ago} old. To start:",
        "로그를 따라 읽고 있지 않습니다: 최근 요청이 {ago} 전입니다. 시작하려면:",
    ),
    "live_is_dead": (
        ("The process that followed the logs has died: the newest hit is {ago} old. To start it "
        "again:"),
        "로그를 따라 읽던 프로세스가 중단되었습니다: 최근 요청이 {ago} 전입니다. 다시 시작하려면:",
    ),
    "live_seconds": ("{count} s", "{count}초"),
    "live_minutes": ("{count} min", "{count}분"),
    "live_hours": ("{count} h", "{count}시간"),
    "live_days": ("{count} days", "{count}일"),
}  # fmt: skip
"""Key to (English, Korean); a text may have {places} to fill in."""
