"""The hits that every format's sample file tells of: usual ones, robots, and hostile ones."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
KAKAO = (
    "Mozilla/5.0 (Linux; Android 14; SM-S918N) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/126.0 Mobile Safari/537.36;KAKAOTALK 2410820"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@dataclass(frozen=True)
class Visit:
    """One hit as it was, before any server wrote it down."""

    time: datetime
    client: str = "192.0.2.7"
    user: str = "-"
    host: str = "shop.example"
    method: str = "GET"
    path: str = "/"
    query: str = ""
    status: int = 200
    size: int | None = 5120
    referrer: str = "-"
    agent: str = CHROME
    ms: int = 125

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def request(self) -> str:
        return f"{self.method} {self.target} HTTP/1.1"

    @property
    def url(self) -> str:
        return f"https://{self.host}:443{self.target}"


def visits(seed: int = 3) -> list[Visit]:
    """Return the hits, in the order of their times."""
    rng = random.Random(seed)
    time = datetime(2025, 5, 17, 1, 5, 3, tzinfo=UTC)
    told: list[dict[str, object]] = [
        {},
        {"path": "/plan", "query": "id=3", "referrer": "https://search.naver.com/search?query=a"},
        {"path": "/plan/%EC%97%B0%EA%B8%88", "user": "K1001", "agent": KAKAO},
        {"path": "/login", "method": "POST", "status": 302, "size": 0, "user": "K1001"},
        {"client": "2001:db8::1f", "path": "/robots.txt", "agent": GOOGLEBOT, "size": 68},
        {"path": "/a.css", "status": 304, "size": None, "referrer": "https://shop.example/"},
        {"path": "/wp-login.php", "status": 404, "agent": "-", "client": "203.0.113.66"},
        {"path": "/", "query": "q=<script>alert(1)</script>", "agent": "sqlmap/1.8#stable"},
        {"path": "/index.php", "query": "id=1'--%20", "status": 403, "size": 153},
        {"path": "/..%2f..%2fetc/passwd", "status": 400, "agent": "() { :;}; /bin/cat"},
        {"method": "HEAD", "path": "/feed", "size": 0, "agent": "Mozilla/5.0 [en] {x}; $y %s"},
        {"path": "/" + "a" * 900, "status": 414, "agent": "curl/8.5.0"},
        {"method": "OPTIONS", "path": "/api/v1", "status": 204, "size": None},
        {"path": "/download/brochure.pdf", "size": 7_340_032, "ms": 61_250},
    ]
    hosts = ["shop.example", "www.shop.example"]
    while len(told) < 26:
        told.append(
            {
                "path": rng.choice(["/", "/plan", "/claim", "/event/2025", "/a.js"]),
                "query": rng.choice(["", "", "utm_source=mail&utm_medium=email", "n_query=a"]),
                "client": f"198.51.100.{rng.randint(1, 254)}",
                "agent": rng.choice([CHROME, KAKAO, GOOGLEBOT]),
                "host": rng.choice(hosts),
                "size": rng.randint(200, 90_000),
                "ms": rng.randint(1, 4000),
                "referrer": rng.choice(["-", "https://shop.example/", "https://m.example/x?y=z"]),
            }
        )
    made = []
    for fields in told:
        made.append(Visit(time, **fields))  # type: ignore[arg-type]
        time += timedelta(milliseconds=rng.randint(1, 90_000))
    return made
