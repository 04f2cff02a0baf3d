"""What a pod is and what its state means.

Pure: no I/O, no clock, no Rich, no kubernetes import. API JSON goes in through `parsing`, which
never fails on a missing field; frozen dataclasses come out, and `summary`, `truth`, `severity`
and `progress` say what they mean. Whatever needs the time takes `now`.
"""
