"""Words of the export that a person is handed, in English and Korean."""

from __future__ import annotations

from typing import Final

README_EN: Final = """\
What we hold about customer {customer}
as of {day}

Each table is here twice: as CSV, which spreadsheets open, and as JSON, for programs. The numbers
are rows.

{tables}
columns.csv says what each column means, in English and Korean. Instants are UTC; days are those
of our web site's time zone.

- customers, purchases, deliveries are from our customer register and our mailings; contacts says on
  which lists of people to write to you were, and whether you were written to.
- hits are the lines our web servers wrote when your browser asked them for a page or a picture;
  page_views and sessions (visits) were made of them. They are yours if you were logged in during
  the visit, or if nobody else ever logged in on that browser.
- Client addresses are stored cut short or as a hash, unless our settings say otherwise.
- Where others use the same browser, their visits are not in here, nor are visits during which
  nobody logged in.
"""

README_KO: Final = """\
고객 {customer} 님에 관하여 보유하고 있는 정보
기준일 {day}

표마다 두 가지 파일이 있습니다. CSV는 엑셀 같은 표 프로그램에서 열 수 있고, JSON은 프로그램에서
쓰기 위한 것입니다. 숫자는 행의 수입니다.

{tables}
columns.csv에 모든 열의 뜻이 영어와 한국어로 적혀 있습니다. 시각은 협정 세계시(UTC)이고, 날짜는 저희
웹사이트의 시간대를 따릅니다.

- customers, purchases, deliveries는 고객 대장과 발송 기록에서 온 것입니다. contacts는 고객님이
  오르신 연락 대상자 명단과 실제로 연락을 드렸는지를 적은 것입니다.
- hits는 고객님의 브라우저가 페이지나 그림을 요청했을 때 웹 서버가 남긴 기록입니다. page_views와
  sessions(방문)는 그 기록으로 만든 것입니다. 방문 중에 로그인하셨거나, 그 브라우저에서 다른 사람이
  로그인한 적이 없는 경우에만 고객님의 것으로 봅니다.
- 접속 주소는 설정에 따로 정하지 않는 한 일부를 지우거나 해시로 바꾸어 보관합니다.
- 다른 사람과 함께 쓰는 브라우저인 경우, 다른 사람의 방문과 아무도 로그인하지 않은 방문은 들어 있지
  않습니다.
"""

KOREAN_TABLES: Final[dict[str, str]] = {
    "hits": "접속 기록",
    "rejects": "해석하지 못한 기록",
    "ledger": "읽은 기록의 장부",
    "sources": "기록 파일",
    "objects": "버킷에서 읽은 객체",
    "erasures": "삭제 이력",
    "sessions": "방문",
    "page_views": "페이지 조회",
    "robots": "행동으로 가려낸 로봇",
    "places": "페이지에 딸린 파일이 기록되는 호스트",
    "visitors": "방문자(브라우저)",
    "customers": "고객 대장",
    "purchases": "구매(계약)",
    "campaigns": "캠페인",
    "campaign_costs": "광고 시스템이 보고한 캠페인 비용",
    "banners": "배너",
    "mailings": "메일 발송",
    "deliveries": "발송 대상",
    "contacts": "연락 기록",
    "target_lists": "대상자 명단을 만든 기록",
}

KOREAN_COLUMNS: Final[dict[str, str]] = {
    # of several tables
    "address": "객체 주소",
    "size": "크기(바이트)",
    "etag": "버킷이 내용에 붙인 표식",
    "read_at": "읽은 시각",
    "date": "날짜(사이트 시간대)",
    "ts": "서버가 기록한 시각",
    "log_source": "기록 파일의 식별자",
    "line": "기록 파일의 줄 번호",
    "visitor_id": "브라우저 하나: 쿠키 값, 없으면 주소와 브라우저 이름의 해시",
    "customer_id": "고객 번호",
    "session_id": "방문 번호",
    "path": "주소의 경로",
    "kind": "종류: 페이지, 이벤트, 파일, 로봇, 오류, 내부, 기타",
    "channel": "유입 채널",
    "source": "유입 매체",
    "medium": "유입 수단",
    "campaign": "캠페인",
    "term": "검색어 또는 캠페인 키워드",
    "content": "배너나 링크의 이름",
    "browser": "브라우저",
    "os": "운영 체제",
    "device": "기기",
    "country": "국가",
    "host": "웹사이트 주소(호스트)",
    "category": "콘텐츠 분류",
    "product": "상품",
    "goal": "달성한 목표",
    "value": "금액",
    "cost": "비용",
    "title": "제목",
    "hits": "접속 기록의 수",
    "page_views": "페이지 조회 수",
    "events": "이벤트 수",
    # hits
    "client": "접속 주소(일부를 지우거나 해시로 바꾼 것)",
    "method": "요청 방식",
    "query": "주소의 물음표 뒤 부분(비밀 값은 뺌)",
    "status": "응답 코드",
    "bytes": "응답 크기(바이트)",
    "duration_ms": "처리 시간(밀리초)",
    "referrer": "직전 페이지의 주소",
    "user_agent": "브라우저가 밝힌 이름",
    "is_bot": "로봇 여부",
    "bot_reason": "로봇으로 본 까닭",
    "is_login": "로그인 성공 여부",
    # rejects, ledger, sources, erasures
    "ingest_date": "읽은 날(UTC)",
    "offset": "파일 안의 위치(바이트)",
    "length": "줄의 길이(바이트)",
    "reason": "까닭",
    "raw": "줄의 원래 내용",
    "log_format": "기록 형식",
    "from_offset": "시작 위치",
    "to_offset": "끝 위치",
    "from_line": "첫 줄 번호",
    "lines": "줄 수",
    "rejects": "해석하지 못한 줄 수",
    "skipped": "제외한 줄 수",
    "skipped_by": "제외한 규칙",
    "erased": "삭제한 줄 수",
    "header": "형식에 필요한 머리줄",
    "tail_length": "끝부분 길이",
    "tail": "끝부분의 해시",
    "committed_at": "저장한 시각",
    "prefixes": "앞부분의 해시",
    "seen_at": "확인한 시각",
    "erasure": "삭제 번호",
    "erased_at": "삭제한 시각",
    "rows": "행의 수",
    "receipt": "확인서의 SHA-256",
    # sessions, page views, visitors, robots
    "start": "시작",
    "end": "끝",
    "segment": "방문을 시작할 때의 고객 구분",
    "logins": "로그인 횟수",
    "is_new": "첫 방문 여부",
    "is_bounce": "한 페이지만 본 방문 여부",
    "is_engaged": "관심 있는 방문 여부",
    "entry_page": "처음 본 페이지",
    "exit_page": "마지막으로 본 페이지",
    "referrer_host": "유입된 웹사이트",
    "conversions": "달성한 목표 수",
    "product_views": "상품 페이지 조회 수",
    "is_stitched": "나중에 로그인한 고객의 방문으로 이어 붙였는지",
    "dwell_s": "머문 시간(초)",
    "first_seen": "첫 방문 시각",
    "last_seen": "마지막 방문 시각",
    "sessions": "방문 수",
    "customers": "이 브라우저에서 로그인한 고객",
    "level": "엄격한 정도",
    "is_robot": "로봇으로 처리했는지",
    "assets": "페이지에 딸린 파일 수",
    "heads": "HEAD 요청 수",
    "robots_txt": "robots.txt 요청 수",
    "regulars": "그날 페이지를 5번 이상 본 방문자 수",
    "takers": "그 가운데 페이지에 딸린 파일을 받은 방문자 수",
    "variation": "간격의 변동 계수",
    "per_minute": "1분 최대 조회 수",
    # the register and marketing
    "valid_from": "이 상태가 시작된 날",
    "known_from": "이 상태를 처음 알게 된 날",
    "joined": "가입일",
    "grade": "등급",
    "name": "이름",
    "email": "전자 우편 주소",
    "phone": "전화번호",
    "birth_date": "생년월일",
    "birth_year": "태어난 해",
    "sex": "성별",
    "occupation": "직업",
    "children": "자녀 수",
    "consent_email": "전자 우편 수신 동의",
    "consent_sms": "문자 수신 동의",
    "last_visit": "기록이 시작되기 전 마지막 방문일",
    "purchase_id": "계약 번호",
    "purchased": "구매일",
    "ended": "끝난 날",
    "matures": "만기일 또는 갱신일",
    "sold_through": "판매 경로",
    "banner": "배너",
    "portal": "배너를 실은 곳",
    "position": "배너의 위치",
    "imported_from": "보고한 광고 시스템",
    "ad_campaign": "광고 시스템에서 부르는 캠페인 이름",
    "conversion_value": "매체가 보고한 전환 금액",
    "impressions": "노출 수",
    "clicks": "클릭 수",
    "mailing": "발송",
    "sent": "보낸 시각",
    "conversion_days": "성과를 세는 기간(일)",
    "variant": "발송본(A, B 등)",
    "unsubscribed": "이 메일로 수신 거부한 시각",
    "delivery": "발송 번호",
    "is_held_out": "비교를 위해 보내지 않았는지",
    "bounced": "반송: 영구(hard) 또는 일시(soft)",
    # contacts, target_lists
    "day": "연락한 날 또는 명단의 기준일(사이트 시간대)",
    "list": "대상자 명단의 이름",
    "rule": "명단에 올린 규칙",
    "offer": "안내한 상품 또는 내용",
    "stratum": "추첨한 무리",
    "run": "명단을 만든 번호",
    "made_at": "명단을 만든 시각",
    "rules": "규칙과 조건",
    "rules_sha256": "규칙 파일의 SHA-256",
    "contact": "연락 제한과 비교 집단의 설정",
    "seed": "추첨에 쓴 값",
    "consent_day": "수신 동의를 확인한 날",
    "version": "프로그램 판",
    "snapshot": "읽은 표의 판",
    "matched": "규칙에 맞은 고객 수",
    "no_consent": "수신 동의가 없어 제외한 고객 수",
    "recently_contacted": "최근에 연락하여 제외한 고객 수",
    "over_cap": "연락 횟수 제한으로 제외한 고객 수",
    "held_out": "비교를 위해 연락하지 않은 고객 수",
    "written": "명단에 오른 고객 수",
    "file": "파일 이름",
    "file_sha256": "파일의 SHA-256",
}
