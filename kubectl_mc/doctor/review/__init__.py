"""The review of manifests: what can be said of a workload before any cluster has seen it.

Pure, as all of the doctor. A rule gets a `Workload` and yields findings whose `at` is a path in the pod's own document
(`spec.containers[1]`); `review.py` lists the rules and gives the paths their place in the manifest.
"""
