"""Browsers inside apps, and browsers of Korea, by the mark they add to an agent."""

from __future__ import annotations

from typing import Final

APPS: Final = (
    ("KakaoTalk", r"KAKAOTALK[ /]"),
    ("KakaoStory", r"(?i:\bkakaostory\b)"),
    ("Naver app", r"NAVER\(inapp;"),
    ("Daum app", r"(?i:\bDaumApps/|\bDaumDevice/)"),
    ("Zum app", r"(?i:\bzumapp\b)"),
    ("Band", r"\b(?:BAND|Band)/\d"),
    ("Toss", r"(?i:\bTossApp/|\btoss-webview/)"),
    ("Coupang", r"\bCoupang(?:App)?/\d"),
    ("11st", r"\bCP_ELEVENST\b"),
    ("Everytime", r"(?i:\beverytimeapp\b)"),
    ("Line", r"\bLine/\d"),
    ("Threads", r"\bBarcelona \d"),
    ("Instagram", r"\bInstagram \d"),
    ("Facebook Messenger", r"\bFBAN/Messenger|\bFB_IAB/(?:Orca|MESSENGER)"),
    ("Facebook", r"\bFBA[NV]/|\bFB_IAB/"),
    ("TikTok", r"\bmusical_ly|\btrill_\d|\bBytedanceWebview/|\bTikTok[ /]\d"),
    ("WeChat", r"\bMicroMessenger/"),
    ("Zalo", r"\bZalo (?:iOS|android)/"),
    ("X (Twitter)", r"\bTwitter for \w+|\bTwitterAndroid\b"),
    ("LinkedIn", r"\bLinkedInApp\b"),
    ("Snapchat", r"\bSnapchat[ /]\d"),
    ("Pinterest", r"\[Pinterest/(?:iOS|Android)\]"),
    ("Telegram", r"\bTelegram-(?:Android|iOS)/"),
    ("Google app", r"\bGSA/\d"),
    ("DuckDuckGo", r"\bDuckDuckGo/\d|\bDdg/\d"),
    ("Whale", r"\bWhale/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Aloha", r"\bAlohaBrowser/"),
)
"""Names with regular expressions, the first that is found decides.

They come before ua-parser, which knows most of them on Android but few on iOS. An app's own
mark stands before that of the browser it embeds: Naver's app on Android may say Whale, too.
Instagram, Threads and Messenger stand before Facebook, whose marks they may carry.
"""
