"""How a pod started: what happened when, container by container, and what it waited for, one thing after the other.

From the pod and its events alone. The times of the API have whole seconds, so everything here is cut to them and sums
add up. What the API has forgotten is named, and what is concluded and not read is marked as approximate.
"""
