"""A small company: Kim, Lee and Park, their browsers, one that Kim and Lee share, and its logs."""

from __future__ import annotations

from pathlib import Path

SITE = """\
time_zone = "Asia/Seoul"
log_format = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{uid}C"'

[identity]
visitor = ["cookie:uid", "address+agent"]

[tables]
customers = "customers.csv"
purchases = "purchases.csv"
mailings = "mailings.csv"
deliveries = "deliveries.csv"
"""
TABLES = {
    "customers": "customer_id,valid_from,joined,grade,name,email\n"
    "K10001,2025-01-01,2025-01-01,VIP,Kim Minsu,kim.minsu@example.com\n"
    "L20002,2025-01-01,2025-01-01,,Lee Jiwoo,lee@example.com\n"
    "P30003,2025-01-01,2025-01-01,,Park Seoyun,park@example.com\n",
    "purchases": "purchase_id,customer_id,product,purchased,value\n"
    "CONTRACT-771,K10001,annuity,2025-02-01,10\nCONTRACT-772,L20002,annuity,2025-02-01,20\n",
    "mailings": "mailing,title,sent,cost\nm1,Hello,2025-10-01T00:00:00,1\n",
    "deliveries": "delivery,mailing,customer_id,is_held_out\n"
    "dispatch-551,m1,K10001,false\ndispatch-552,m1,L20002,false\n",
}
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
OTHER_AGENT = AGENT.replace("126", "125")

KIM = ("K10001", "cookie-of-kim", "kim.minsu@example.com", "198.51.100.0", "CONTRACT-771")
KIM_TOO = ("dispatch-551", "Kim Minsu", "198.51.100.77")


def line(
    day: int,
    minute: int,
    path: str,
    *,
    user: str = "-",
    cookie: str = "-",
    client: str = "-",
    **more: str,
) -> str:
    agent = more.get("agent", AGENT)
    when = f"{day:02}/Nov/2025:10:{minute:02}:00 +0900"
    return (
        f'{client} - {user} [{when}] "GET {path} HTTP/1.1" 200 99 '
        f'"{more.get("referrer", "-")}" "{agent}" "{cookie}"\n'
    )


def logs() -> tuple[str, str]:
    """Two logs: Kim alone, Lee alone, both on one browser, nobody's, and lines that are none."""
    kim, home = "198.51.100.77", "203.0.113.5"
    first = [
        line(1, 0, "/", cookie="cookie-of-kim", client=kim),
        line(1, 1, "/quote", cookie="cookie-of-kim", client=kim, user="K10001"),
        line(1, 2, "/", cookie="cookie-of-lee", client="203.0.113.9", user="L20002"),
        line(1, 5, "/", cookie="shared-browser", client=home),
        line(1, 6, "/claim", cookie="shared-browser", client=home, user="K10001"),
        line(1, 7, "/style.css", cookie="shared-browser", client=home),
        line(1, 8, "/claim", cookie="shared-browser", client=home, user="L20002"),
        "this is kim.minsu@example.com, and no line of a log\n",
        "nor is this\n",
    ]
    second = [
        line(2, 0, "/", client=kim, agent=OTHER_AGENT),
        line(2, 1, "/member", client=kim, agent=OTHER_AGENT, user="K10001"),
        line(2, 3, "/staff/customers/K10001", cookie="cookie-of-staff", client="203.0.113.20"),
        line(2, 4, "/open?d=dispatch-551", cookie="cookie-of-lee", client="203.0.113.9"),
        line(2, 5, "/x", cookie="cookie-of-staff", referrer="https://a.kr/?c=K10001&z=1"),
        line(3, 0, "/", cookie="shared-browser", client=home),
        line(3, 1, "/news/K100012", cookie="cookie-of-park", client=home, user="P30003"),
    ]
    return "".join(first), "".join(second)


def write_company(folder: Path) -> None:
    """Write ``site.toml``, the tables it names, ``a.log`` and ``b.log``."""
    (folder / "site.toml").write_text(SITE)
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text)
    for name, text in zip(("a.log", "b.log"), logs(), strict=True):
        (folder / name).write_text(text)
