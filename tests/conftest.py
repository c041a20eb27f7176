"""What holds for every test."""

from hypothesis import settings

# How long an example takes says more about the machine's other work than about the code;
# speed is what benchmarks/ is for.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
