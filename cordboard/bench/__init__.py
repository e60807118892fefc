"""Benchmarks of a real server on this machine; they print figures and judge nothing."""
