"""Reports as a mail, a page or a PDF: each with its question, answer, figure and table."""

from reports.digest.browser import Browser, find_browser
from reports.digest.build import Voice, section_of
from reports.digest.html import page
from reports.digest.letter import drawn, letter, printed, whole
from reports.digest.parts import Digest, Section
from reports.digest.plan import Asked, plan, schedule_faults

__all__ = [
    "Asked",
    "Browser",
    "Digest",
    "Section",
    "Voice",
    "drawn",
    "find_browser",
    "letter",
    "page",
    "plan",
    "printed",
    "schedule_faults",
    "section_of",
    "whole",
]
