"""Lines that could not be parsed: what they have in common, what to do, reading them again."""
