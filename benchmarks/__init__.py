"""How fast `showcore` is: one module a goal, P1 to P12, and one table. `make benchmarks` runs them all.

Every figure is a ratio of two things done in turns in the same run, or a count. docs/performance.md says what
each of them means, what was reached and what limits it.
"""
