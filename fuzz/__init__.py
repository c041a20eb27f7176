"""Coverage-guided fuzzing: strangers write logs, and nothing they write may crash or get lost.

A target (:mod:`fuzz.targets`) is a function of bytes that fails when a promise is broken.
``python3 dev.py fuzz`` lets atheris (libFuzzer) look for such bytes; what it found lies in
``finds`` and is tried again by an ordinary test.
"""
