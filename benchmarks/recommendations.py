"""How long suggestions take: ranked for all customers, and asked for one by one over HTTP.

A synthetic store of members who look at products and pages; the server is a process of its
own (``weblog dashboard``), asked over the loopback interface with connections kept open.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import polars as pl

from benchmarks.overview_reports import complete
from reports.recommendations import lists_of, load_recommendations, suggestions
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.schema import PAGE_VIEWS, SESSIONS
from weblog.site import load_site
from weblog.store import Store, open_store

LAST = date(2025, 11, 30)
DAYS = 90
PRODUCTS = 20
PAGES = 400
CATEGORIES = 8
VIEWS = 4
"""Page views per session."""
VISITS = 5
"""Sessions per customer; as many again are of nobody known."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--customers", type=int, default=100_000, help="customers in the register")
    parser.add_argument("--requests", type=int, default=2_000, help="requests, of each sort")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Make the store, rank, ask, and return seconds and milliseconds."""
    site_file = folder / "site.toml"
    site_file.write_text(_rules(), "utf-8")
    (folder / "recommendations.toml").write_text(_texts(), "utf-8")
    store = open_store(folder / "store", create=True)
    fill(store, options.customers)
    site = load_site(site_file)
    settings = load_recommendations(None, site)
    began = time.perf_counter()
    lists = lists_of(store.snapshot(), LAST + timedelta(days=1), site, settings)
    ranked = time.perf_counter()
    rows = suggestions(lists, settings)
    worded = time.perf_counter()
    rows.write_parquet(folder / "all.parquet")
    written = time.perf_counter()
    return {
        "customers": options.customers,
        "sessions": sum(store.snapshot().rows_by_day("sessions").values()),
        "suggestions": rows.height,
        "batch, s": {
            "evaluated and ranked": round(ranked - began, 2),
            "put into words": round(worded - ranked, 2),
            "written": round(written - worded, 2),
            "all": round(written - began, 2),
        },
        "requests, ms": asked(folder, site_file, options.customers, options.requests),
    }


def asked(folder: Path, site: Path, customers: int, requests: int) -> dict[str, dict[str, float]]:
    """Start the server, ask for random customers, and return percentiles."""
    command = [sys.executable, "-m", "weblog", "dashboard", "--store", str(folder / "store")]
    command += ["--site", str(site), "--port", "0", "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            said = server.stdout.readline() if server.stdout else ""
            url = urlsplit(said.split()[2])
            address = f"{url.hostname}:{url.port}"
            _until_ready(address)
            random = np.random.default_rng(7)
            names = [f"C{number:07}" for number in random.integers(0, customers, requests)]
            alone = _ask(address, names)
            with ThreadPoolExecutor(4) as pool:
                at_once = list(pool.map(partial(_ask, address), np.array_split(names, 4)))
        finally:
            server.terminate()
    return {
        "one at a time": _percentiles(alone),
        "four at a time": _percentiles([each for part in at_once for each in part]),
    }


def _until_ready(address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(address, timeout=30)
        connection.request("GET", "/api/recommendations/C0000000")
        if connection.getresponse().status == 200:
            return
        time.sleep(0.2)
    raise SystemExit("the server did not get ready within two minutes")


def _ask(address: str, names: list[str]) -> list[float]:
    connection = http.client.HTTPConnection(address, timeout=30)
    times = []
    for name in names:
        began = time.perf_counter()
        connection.request("GET", f"/api/recommendations/{name}?lang=ko&at=2025-12-01T09:30")
        response = connection.getresponse()
        body = response.read()
        times.append((time.perf_counter() - began) * 1000)
        if response.status != 200 or json.loads(body)["customer"] != name:
            raise SystemExit(f"{name}: {response.status} {body[:200]!r}")
    return times


def _percentiles(times: list[float]) -> dict[str, float]:
    found = {f"p{p}": round(float(np.percentile(times, p)), 1) for p in (50, 95, 99)}
    return {"requests": len(times), **found, "max": round(max(times), 1)}


def fill(store: Store, customers: int) -> None:
    """Write a register of ``customers``, what they hold, and :data:`DAYS` days of visits."""
    random = np.random.default_rng(3)
    number = np.arange(customers)
    taste = number % 5
    ids = pl.select(pl.format("C{}", pl.Series(number).cast(pl.String).str.zfill(7))).to_series()
    store.replace_all("customers", complete(_register(ids, random), CUSTOMERS.schema))
    bought = number[random.random(customers) < 0.5]
    held = pl.DataFrame(
        {
            "purchase_id": pl.Series(bought).cast(pl.String),
            "customer_id": ids.gather(bought),
            "product": _products(taste[bought], random),
            "purchased": [LAST] * len(bought),
        }
    ).with_columns(
        pl.col("purchased") - pl.duration(days=pl.Series(random.integers(1, 900, len(bought))))
    )
    store.replace_all("purchases", complete(held, PURCHASES.schema))
    for back in range(DAYS):
        day = LAST - timedelta(days=back)
        visits, views = _day(day, ids, taste, random)
        store.replace_days("sessions", [day], partial(_same, visits))
        store.replace_days("page_views", [day], partial(_same, views))


def _register(ids: pl.Series, random: np.random.Generator) -> pl.DataFrame:
    count = len(ids)
    days = pl.Series(random.integers(100, 4_000, count))
    joined = pl.lit(LAST) - pl.duration(days=days)
    return pl.DataFrame({"customer_id": ids}).with_columns(
        joined.alias("joined"),
        joined.alias("valid_from"),
        pl.Series("sex", random.choice(["F", "M"], count)),
        pl.Series("birth_year", random.integers(1945, 2003, count)),
        pl.Series("grade", random.choice(["BASIC", "GOLD", "VIP"], count, p=(0.7, 0.2, 0.1))),
    )


def _products(taste: np.ndarray, random: np.random.Generator) -> pl.Series:
    own = taste * 4 + random.integers(0, 4, len(taste))
    any_ = random.integers(0, PRODUCTS, len(taste))
    chosen = np.where(random.random(len(taste)) < 0.7, own, any_)
    return pl.select(pl.format("product-{}", pl.Series(chosen))).to_series()


def _day(
    day: date, ids: pl.Series, taste: np.ndarray, random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    count = len(ids) * VISITS // DAYS
    who = np.concatenate([random.integers(0, len(ids), count), np.full(count, -1)])
    start = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    visits = pl.DataFrame(
        {
            "session_id": pl.select(
                pl.format(f"{day}-{{}}", pl.Series(np.arange(2 * count)))
            ).to_series(),
            "visitor_id": pl.Series(random.integers(0, 10**9, 2 * count)).cast(pl.String),
            "customer_id": ids.gather(np.maximum(who, 0)).set(pl.Series(who < 0), None),
            "page_views": [VIEWS] * (2 * count),
        }
    ).with_columns(date=pl.lit(day), start=pl.lit(start), end=pl.lit(start))
    place = np.repeat(np.arange(2 * count), VIEWS)
    theirs = np.where(who < 0, random.integers(0, 5, 2 * count), taste[np.maximum(who, 0)])[place]
    page = theirs * (PAGES // 5) + (random.zipf(1.4, len(place)) - 1) % (PAGES // 5)
    is_product = random.random(len(place)) < 0.4
    product = pl.Series(_products(theirs, random)).set(pl.Series(~is_product), None)
    views = pl.DataFrame(
        {
            "session_id": visits["session_id"].gather(place),
            "visitor_id": visits["visitor_id"].gather(place),
            "product": product,
            "path": pl.select(pl.format("/read/{}", pl.Series(page))).to_series(),
            "category": pl.select(
                pl.format("category {}", pl.Series(page % CATEGORIES))
            ).to_series(),
        }
    ).with_columns(date=pl.lit(day), ts=pl.lit(start), kind=pl.lit("page"))
    return complete(visits, SESSIONS.schema), complete(views, PAGE_VIEWS.schema)


def _same(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    return rows, {"benchmark": 1}


def _rules() -> str:
    products = "".join(
        f'[[products]]\nproduct = "product-{n}"\npaths = ["/products/{n}/*"]\n'
        for n in range(PRODUCTS)
    )
    return f'name = "Benchmark"\ntime_zone = "Asia/Seoul"\n{products}'


def _texts() -> str:
    return "".join(
        f'[[texts]]\ntext = "{name}"\nwhen = "{when}"\npriority = {priority}\n'
        f'en = "Hello"\nko = "안녕하세요"\n'
        for priority, (name, when) in enumerate(
            (("any", "TRUE"), ("morning", "hour < 12"), ("VIP", "segment = 'VIP'"))
        )
    )
