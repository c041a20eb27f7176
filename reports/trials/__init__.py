"""What people try in a dashboard: rules and settings they wrote, run in a process of its own.

A condition can be written that overflows the stack of the library that reads it, a text that
fills the memory, a pattern that takes for ever: none of them is to end, fill or hold up the
process that answers everybody. ``python -m reports.trials`` answers one question after the other;
:mod:`reports.trials.jobs` lists which there are.
"""
