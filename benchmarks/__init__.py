"""Benchmarks: how fast, and in how much memory, beside a peer in the same run."""
