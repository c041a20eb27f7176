"""Rotated logs are read oldest first, whichever program rotated them."""

from __future__ import annotations

import random

import pytest

from weblog.sources.series import LogName, oldest_first

SERIES = {
    "numbered, by logrotate": (
        "access.log.10.gz access.log.9.gz access.log.2.gz access.log.1 access.log"
    ),
    "numbered from nought, by newsyslog": "access.log.1.bz2 access.log.0.bz2 access.log",
    "dated, by logrotate with dateext": (
        "access.log-20241231.gz access.log-20250101.gz access.log-20251101 access.log"
    ),
    "dated by day and second": "access.log-20251101-1761955200.gz access.log-20251101-1761958800",
    "dated by the second": "access.log.1761955200 access.log.1762041600",
    "dated by the hour, more precise later on": (
        "access.log-20251030 access.log-2025103101 access.log-2025103113 access.log-20251101"
    ),
    "dated, by rotatelogs": "access_log.2025-10-31 access_log.2025-11-01 access_log",
    "dated before the ending": "access-2025-09-30.log access-2025-10-01.log access.log",
    "dated with underlines": "access_2025_09_30.log access_2025_10_01.log access.log",
    "Tomcat": "localhost_access_log.2025-11-01.txt localhost_access_log.2025-11-02.txt",
    "dated by month": "access-2025-09.log.gz access-2025-10.log.gz access-2025-11.log",
    "dated and counted, by Logback": (
        "access.2025-11-01.0.log.gz access.2025-11-01.9.log.gz access.2025-11-01.10.log.gz"
        " access.2025-11-01.101.log.gz access.2025-11-02.0.log access.log"
    ),
    "IIS by day": "u_ex241231.log u_ex250101.log u_ex251101.log",
    "IIS by hour": "u_ex25110109.log u_ex25110110.log u_ex25110200.log",
    "IIS of old": "ex041231.log ex050101.log",
    "Amazon S3": "2025-11-01-00-15-33-F3A 2025-11-01-00-16-02-0BB 2025-11-01-13-00-00-AAA",
    "CloudFront": "E2KQ.2025-11-01-09.ff01.gz E2KQ.2025-11-01-10.aa02.gz",
    "Amazon ALB": (
        "1_elb_eu_app.lb_20251101T0000Z_10.0.0.9_zz.log.gz"
        " 1_elb_eu_app.lb_20251101T0005Z_10.0.0.1_aa.log.gz"
    ),
    "numbered, then dated": "access.log-20251101 access.log.2 access.log.1 access.log",
}


@pytest.mark.parametrize("names", SERIES.values(), ids=SERIES)
def test_a_series_is_read_oldest_first(names: str) -> None:
    expected = names.split()
    assert len({LogName(name).series for name in expected}) == 1
    for seed in range(5):
        given = random.Random(seed).sample(expected, len(expected))
        assert oldest_first(given) == expected


@pytest.mark.parametrize(
    "names",
    [
        "access.log error.log",
        "web1.log web2.log",
        "a/access.log b/access.log.1",
        "access.log ssl_access.log",
        "www.example.com.log example.com.log",
        "192.0.2.1.log 192.0.2.2.log",
        "access.log access2.log.1",
    ],
)
def test_logs_of_different_series_stay_as_they_were_given(names: str) -> None:
    given = names.split()
    assert len({LogName(name).series for name in given}) == 2
    assert oldest_first(given) == given
    assert oldest_first(given[::-1]) == given[::-1]


def test_series_follow_each_other_as_they_are_first_met() -> None:
    given = ["b.log", "-", "a.log", "b.log.1", "a.log.1.gz"]
    assert oldest_first(given) == ["b.log.1", "b.log", "-", "a.log.1.gz", "a.log"]
