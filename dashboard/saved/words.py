"""The words of saved views, notes on days and goals, in English and Korean."""

from __future__ import annotations

from typing import Final

SAVED_TEXTS: Final[dict[str, tuple[str, str]]] = {
    # saved views
    "views": ("Views", "저장된 보기"),
    "views_none": (
        "Nothing is saved yet. Choose filters and cards as you like, then save them here.",
        "아직 저장된 보기가 없습니다. 필터와 카드를 원하는 대로 고른 뒤 여기에 저장하세요.",
    ),
    "views_own": ("My views", "내 보기"),
    "views_shared": ("Shared by others", "다른 사람이 공유한 보기"),
    "view_shared": ("Everybody", "모두에게"),
    "view_by": ("by {name}", "{name} 님"),
    "view_save": ("Save what is shown", "지금 화면 저장"),
    "view_name": ("Name", "이름"),
    "view_share": ("Show it to everybody", "모두에게 보이기"),
    "view_unshare": ("Keep it to myself", "나만 보기"),
    "view_saved": ("Saved", "저장했습니다"),
    "view_replaced": ("A view of yours of that name is replaced", "같은 이름의 내 보기는 바뀝니다"),
    "save": ("Save", "저장"),
    "rename": ("Rename", "이름 바꾸기"),
    "delete": ("Delete", "삭제"),
    "really_delete": ("Really delete?", "정말 삭제할까요?"),
    "cancel": ("Cancel", "취소"),
    "saved_failed": (
        "That did not work. Try again, or ask whoever runs the dashboard.",
        "처리하지 못했습니다. 다시 시도하거나 관리자에게 문의하세요.",
    ),
    # notes on days
    "known_days": ("Notes on these days", "이 기간의 메모"),
    "site_calendar": ("calendar", "달력"),
    "note_add": ("Add a note", "메모 추가"),
    "note_text": ("What happened", "무슨 일이 있었나요"),
    "note_example": ("TV spot, site down, new prices …", "TV 광고, 사이트 장애, 가격 변경 …"),
    "note_first": ("Day", "날짜"),
    "note_last": ("until (for a span)", "종료일(기간일 때)"),
    "note_written": ("written {day}", "{day} 작성"),
    "note_remove": ("Remove this note", "이 메모 삭제"),
    # why something cannot be kept
    "kept_empty": ("Write something first.", "내용을 입력하세요."),
    "kept_too_long": ("That is longer than {most} characters.", "{most}자를 넘을 수 없습니다."),
    "kept_signs": (
        "Control characters and marks that turn the direction of text cannot be kept.",
        "제어 문자와 글자 방향을 바꾸는 기호는 저장할 수 없습니다.",
    ),
    "kept_too_many": (
        "There are {most} already: remove some first.",
        "이미 {most}개가 있습니다. 먼저 몇 개를 삭제하세요.",
    ),
    "kept_taken": ("There is one of that name already.", "같은 이름이 이미 있습니다."),
    "kept_people": (
        "A view of single customers or browsers is not saved: an erasure could not find it.",
        "개별 고객이나 브라우저로 좁힌 보기는 저장하지 않습니다. 개인정보 삭제가 미치지 않습니다.",
    ),
    "kept_span": ("The last day is before the first.", "종료일이 시작일보다 빠릅니다."),
    "kept_unknown": (
        "It is not there any more: somebody has removed it.",
        "더 이상 없습니다. 다른 사람이 삭제했습니다.",
    ),
    "kept_role": ("That is not for your role.", "현재 권한으로는 할 수 없습니다."),
    "kept_request": ("That request cannot be understood.", "요청을 이해할 수 없습니다."),
    # goals on the trend
    "goal_told": (
        "{target}: {so_far} of {number} ({progress}) from {start} to {end}, {state}.",
        "{target}: {start}~{end} 목표 {number} 중 {so_far} ({progress}), {state}.",
    ),
    "goal_needed": ("Each day left has to bring {needed}.", "남은 날마다 {needed} 필요합니다."),
    "goal_short": ("{progress} of target", "목표의 {progress}"),
}  # fmt: skip
"""Key to (English, Korean)."""

VIEW_WORDS: Final = (
    "views", "views_none", "views_own", "views_shared", "view_shared", "view_by", "view_save",
    "view_name", "view_share", "view_unshare", "view_saved", "view_replaced", "save", "rename",
    "delete", "really_delete", "cancel", "saved_failed", "known_days", "note_add", "note_text",
    "note_example", "note_first", "note_last", "note_remove", "loading",
)  # fmt: skip
"""Texts the frame gives to the browser for all of these."""
