"""User agents of people: current browsers as seen on Korean sites, with their shares."""

from __future__ import annotations

from typing import Final

import numpy as np

from sample_logs.pages import Floats, Ints

_W = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
_M = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
_K = "AppleWebKit/537.36 (KHTML, like Gecko) "
_A = "Mozilla/5.0 (Linux; Android 10; K) "
_I = "AppleWebKit/605.1.15 (KHTML, like Gecko) "


def _iphone(version: str) -> str:
    return f"Mozilla/5.0 (iPhone; CPU iPhone OS {version} like Mac OS X) "


def _webview(android: int, model: str, chrome: str) -> str:
    build = {13: "TP1A.220624.014", 14: "UP1A.231005.007", 15: "AP3A.240905.015.A2"}[android]
    return (
        f"Mozilla/5.0 (Linux; Android {android}; {model} Build/{build}; wv) {_K}"
        f"Version/4.0 Chrome/{chrome} Mobile Safari/537.36"
    )


_S23 = _webview(14, "SM-S918N", "140.0.7339.207")
_S24 = _webview(15, "SM-S928N", "141.0.7390.122")
_A54 = _webview(13, "SM-A546S", "138.0.7204.179")
_FLIP = _webview(15, "SM-F741N", "142.0.7444.102")

POOLS: Final[dict[str, tuple[tuple[float, str], ...]]] = {
    "android": (
        (0.30, f"{_A}{_K}SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
        (0.14, f"{_A}{_K}SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36"),
        (0.22, f"{_A}{_K}Chrome/141.0.0.0 Mobile Safari/537.36"),
        (0.17, f"{_A}{_K}Chrome/142.0.0.0 Mobile Safari/537.36"),
        (0.09, f"{_A}{_K}Chrome/139.0.0.0 Mobile Safari/537.36"),
        (0.03, f"{_A}{_K}Whale/1.0.0.0 Crosswalk/29.140.0.21 Mobile Safari/537.36 NAVER"),
        (0.05, "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"),
    ),
    "iphone": (
        (0.40, _iphone("18_6_2") + _I + "Version/18.6 Mobile/15E148 Safari/604.1"),
        (0.25, _iphone("18_7") + _I + "Version/26.0 Mobile/15E148 Safari/604.1"),
        (0.14, _iphone("17_6_1") + _I + "Version/17.6 Mobile/15E148 Safari/604.1"),
        (0.13, _iphone("18_5") + _I + "CriOS/141.0.7390.96 Mobile/15E148 Safari/604.1"),
        (0.08, _iphone("16_7_11") + _I + "Version/16.6 Mobile/15E148 Safari/604.1"),
    ),
    "desktop": (
        (0.27, f"{_W}{_K}Chrome/141.0.0.0 Safari/537.36"),
        (0.18, f"{_W}{_K}Chrome/142.0.0.0 Safari/537.36"),
        (0.08, f"{_W}{_K}Chrome/138.0.0.0 Safari/537.36"),
        (0.20, f"{_W}{_K}Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"),
        (0.11, f"{_W}{_K}Chrome/138.0.0.0 Whale/4.33.325.17 Safari/537.36"),
        (0.05, f"{_M}{_I}Version/18.6 Safari/605.1.15"),
        (0.05, f"{_M}{_K}Chrome/141.0.0.0 Safari/537.36"),
        (0.04, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"),
        (
            0.02,
            (
                "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) "
                f"{_I}Version/18.6 Mobile/15E148 Safari/604.1"
            ),
        ),
    ),
    "kakao-android": (
        (0.35, f"{_S24};KAKAOTALK 2511080"),
        (0.35, f"{_S23};KAKAOTALK 2510970"),
        (0.15, f"{_A54};KAKAOTALK 2509820"),
        (0.15, f"{_FLIP};KAKAOTALK 2511080"),
    ),
    "kakao-iphone": (
        (0.60, _iphone("18_6_2") + _I + "Mobile/15E148 KAKAOTALK 25.9.2 (INAPP)"),
        (0.40, _iphone("17_6_1") + _I + "Mobile/15E148 KAKAOTALK 25.8.0 (INAPP)"),
    ),
    "naver-android": (
        (0.40, f"{_S24} NAVER(inapp; search; 2000; 12.15.6)"),
        (0.35, f"{_S23} NAVER(inapp; search; 2000; 12.14.10)"),
        (0.15, f"{_FLIP} NAVER(inapp; search; 2000; 12.16.1)"),
        (0.10, f"{_A54} DaumApps/9.3.1 DaumDevice/mobile"),
    ),
    "naver-iphone": (
        (
            0.70,
            _iphone("18_6_2")
            + _I
            + "Version/18.6 Mobile/15E148 Safari/604.1 NAVER(inapp; search; 2000; 12.14.10; 15PRO)",
        ),
        (
            0.30,
            _iphone("17_6_1")
            + _I
            + "Version/17.6 Mobile/15E148 Safari/604.1 NAVER(inapp; search; 2000; 12.12.0; 13)",
        ),
    ),
    "social-android": (
        (0.60, f"{_S23} [FB_IAB/FB4A;FBAV/534.0.0.56.76;]"),
        (
            0.40,
            (
                f"{_S24} Instagram 404.0.0.48.76 Android (35/15; 480dpi; 1080x2340; samsung; "
                "SM-S928N; e3q; qcom; ko_KR; 812345678)"
            ),
        ),
    ),
    "social-iphone": (
        (
            1.0,
            _iphone("18_6_2")
            + _I
            + "Mobile/22G100 Instagram 404.0.0.30.80 (iPhone16,2; iOS 18_6_2; ko_KR; ko; "
            "scale=3.00; 1290x2796)",
        ),
    ),
}

AGENTS: Final = tuple(agent for pool in POOLS.values() for _, agent in pool)
"""Every agent of a person; an agent's number is its place here."""


def draw_agents(pool: str, uniform: Floats) -> Ints:
    """Draw an agent's number from the named pool for every value of ``uniform`` in [0, 1)."""
    names = list(POOLS)
    first = sum(len(POOLS[name]) for name in names[: names.index(pool)])
    shares = np.array([share for share, _ in POOLS[pool]])
    upto = np.cumsum(shares) / shares.sum()
    place = np.minimum(np.searchsorted(upto, uniform, side="right"), len(shares) - 1)
    return first + place
