"""What was expected of a rule, in Korean: faults are built in English, where they are found.

A fault that is none of these stays as it is: better in English than guessed.
"""

from __future__ import annotations

import re
from typing import Final

KOREAN: Final = (
    # kinds of values
    ("expected text in quotes", "따옴표로 묶은 텍스트여야 합니다"),
    ("expected a whole number", "정수여야 합니다"),
    ("expected a smaller number", "더 작은 수여야 합니다"),
    ("expected a number", "숫자여야 합니다"),
    ("expected true or false", "true 또는 false여야 합니다"),
    ("missing, and needed", "필요한 설정이 없습니다"),
    ("expected a number above (.+)", "{0}보다 큰 수여야 합니다"),
    ("expected a number of at least (.+)", "{0} 이상이어야 합니다"),
    ("expected a number below (.+)", "{0}보다 작은 수여야 합니다"),
    ("expected a number of at most (.+)", "{0} 이하여야 합니다"),
    (r"unknown setting\. Did you mean (.+)\? Known here: (.+)",
     "없는 설정입니다. {0}을(를) 뜻하셨나요? 쓸 수 있는 설정: {1}"),
    (r"unknown setting\. Known here: (.+)", "없는 설정입니다. 쓸 수 있는 설정: {0}"),
    (r"unknown setting\.", "없는 설정입니다"),
    (r"expected ('.+')\. Did you mean (.+)\?", "{0} 중 하나여야 합니다. {1}을(를) 뜻하셨나요?"),
    (r"expected ('.+')\.", "{0} 중 하나여야 합니다"),
    ("expected a list such as (.+)", "목록이어야 합니다. 예: {0}"),
    (r"expected it in double brackets: (.+)", "이중 대괄호로 써야 합니다: {0}"),
    (r"expected a section of its own: (.+)", "별도의 섹션이어야 합니다: {0}"),
    (r"expected one section, in single brackets: (.+)",
     "대괄호 하나로 된 섹션 하나여야 합니다: {0}"),
    # TOML
    ("expected the text's closing quote on the same line", "같은 줄에서 따옴표를 닫아야 합니다"),
    ("expected the text's closing quotes", "따옴표를 닫아야 합니다"),
    ("a character that TOML does not know here", "여기에 쓸 수 없는 문자입니다"),
    (r"expected a value: text in quotes, a number, true or false, or a \[list\]",
     "값이 필요합니다: 따옴표로 묶은 텍스트, 숫자, true 또는 false, [목록]"),
    ("expected: setting = value", "‘설정 = 값’ 형식이어야 합니다"),
    (r"expected: setting = value, or a \[section\]", "‘설정 = 값’ 또는 [섹션]이어야 합니다"),
    ("expected the name of a setting before =", "= 앞에 설정 이름이 필요합니다"),
    ("expected nothing more on this line; text stands in quotes",
     "이 줄에 더 쓸 수 없습니다. 텍스트는 따옴표로 묶으세요"),
    ("expected (]+) behind the section's name", "섹션 이름 뒤에 {0}이(가) 필요합니다"),
    ("expected a comma between the values of the list, and ] at its end",
     "목록의 값 사이에는 쉼표, 끝에는 ]가 필요합니다"),
    ("expected a comma between the settings, and } at their end",
     "설정 사이에는 쉼표, 끝에는 }}가 필요합니다"),
    ("set twice; expected it once", "두 번 설정했습니다. 한 번만 쓰세요"),
    ("the section is there twice; expected it once", "같은 섹션이 두 번 있습니다. 한 번만 쓰세요"),
    (r"expected \\\\ for a backslash, or the text in 'single quotes'",
     "역슬래시는 \\\\로 쓰거나 텍스트를 '작은따옴표'로 묶으세요"),
    ("expected a day such as 2025-09-30; text stands in quotes",
     "2025-09-30과 같은 날짜여야 합니다. 텍스트는 따옴표로 묶으세요"),
    ("Expected (.+)", "{0}이(가) 필요합니다"),
    # what a rule is made of
    ("expected a time zone such as Asia/Seoul or UTC", "Asia/Seoul, UTC와 같은 시간대여야 합니다"),
    (r"expected a path that starts with / \(or \*, or re:\)",
     "/(또는 *, re:)로 시작하는 경로여야 합니다"),
    (r"expected a regular expression \((.+)\)", "올바른 정규식이어야 합니다 ({0})"),
    ("expected a host name alone such as www.example.com, without .+",
     "www.example.com처럼 호스트 이름만 쓰세요 (https://와 경로 없이)"),
    ("expected an HTTP method such as POST", "POST와 같은 HTTP 메서드여야 합니다"),
    ("expected an HTTP status from 100 to 599", "100~599의 HTTP 상태 코드여야 합니다"),
    ("expected an address or a network such as (.+)", "주소 또는 네트워크여야 합니다. 예: {0}"),
    (r"expected an address that begins with https:// \(or http://\)",
     "https://(또는 http://)로 시작하는 주소여야 합니다"),
    ("expected the name of a query parameter", "쿼리 파라미터 이름이어야 합니다"),
    ("expected at least one path", "경로가 하나 이상 필요합니다"),
    ("expected at least one parameter, none of them empty",
     "빈 값이 아닌 파라미터가 하나 이상 필요합니다"),
    ("expected a condition: (.+)", "조건이 필요합니다: {0}"),
    (r"expected a name of letters, digits, blanks, '\.', '_' and '-', at most (\d+)",
     "글자, 숫자, 공백, '.', '_', '-'로 된 {0}자 이하의 이름이어야 합니다"),
    ("expected a mail address on one line", "한 줄로 된 메일 주소여야 합니다"),
    ("expected url, or url_env: the environment variable that holds it",
     "url 또는 그것이 담긴 환경 변수 url_env가 필요합니다"),
    ("expected one of (.+), or days such as (.+)",
     "{0} 중 하나이거나 {1}와 같은 기간이어야 합니다"),
    (r"expected (\d+) to (\d+) steps", "단계는 {0}~{1}개여야 합니다"),
    # conditions, and the rules of target lists
    (r"no column is called (.+)\. Did you mean (.+)\? Known: (.+)",
     "{0} 열은 없습니다. {1}을(를) 뜻하셨나요? 쓸 수 있는 열: {2}"),
    (r"no column is called (.+)\. Known: (.+)", "{0} 열은 없습니다. 쓸 수 있는 열: {1}"),
    (r"expected an SQL condition \((.+)\)\. TRY_CAST gives null instead\.",
     "올바른 SQL 조건이어야 합니다 ({0}). TRY_CAST를 쓰면 대신 null이 됩니다"),
    (r"expected an SQL condition \((.+)\)\. What a list holds is asked with (.+)\.",
     "올바른 SQL 조건이어야 합니다 ({0}). 목록에 든 값은 {1}로 확인하세요"),
    (r"expected an SQL condition \((.+)\)\.?", "올바른 SQL 조건이어야 합니다 ({0})"),
    (r"expected a condition on one .+: no aggregate, no window function, no clock",
     "한 건만 보는 조건이어야 합니다. 집계 함수, 창 함수, 현재 시각은 쓸 수 없습니다"),
    ("expected a condition that is true or false; this is (.+)",
     "참 또는 거짓이 되는 조건이어야 합니다. 지금은 {0}입니다"),
    ("expected a name: some text, without blanks around it",
     "앞뒤에 공백이 없는 이름이어야 합니다"),
    ("expected a column that many customers have the same value of",
     "여러 고객이 같은 값을 갖는 열이어야 합니다"),
    (r"expected each name once; (.+) is there (\d+) times",
     "{0} 이름이 {1}번 나옵니다. 한 번만 쓰세요"),
    ("expected another name: `weblog target` could mean the rule or the list",
     "규칙과 목록의 이름이 같습니다. 다른 이름을 쓰세요"),
    (r"expected a list that a rule names\. Known: (.+)", "규칙에 있는 목록이어야 합니다: {0}"),
    ("expected a day from (.+) on", "{0} 이후의 날짜여야 합니다"),
)  # fmt: skip
"""What faults say, as a pattern of the whole text, and what they say in Korean."""

_COMPILED: Final = tuple((re.compile(said, re.DOTALL), korean) for said, korean in KOREAN)


def fault_word(expected: str, language: str) -> str:
    """Return what was expected in the reader's language, where it is known."""
    if language == "ko":
        for said, korean in _COMPILED:
            found = said.fullmatch(expected)
            if found:
                return korean.format(*found.groups())
    return expected
