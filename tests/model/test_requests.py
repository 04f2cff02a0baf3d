"""What a pod asks of a node: apps and sidecars together, or one larger init step with the sidecars before it."""

from typing import Any

import pytest

from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.quantity import amount_words
from kubectl_mc.model.requests import pod_request
from tests.pods import Entry, container, pod, sidecar


def asking(name: str, cpu: str, **spec: Any) -> Entry:
    return container(name, resources={"requests": {"cpu": cpu}}, **spec)


@pytest.mark.parametrize(
    ("init", "apps", "words"),
    [
        ([], [asking("app", "2"), asking("side", "1")], "cpu 3 = app 2 + side 1"),
        ([], [asking("app", "250m"), container("side")], "cpu 250m = app 250m"),
        ([], [container("app")], "cpu 0"),
        ([asking("setup", "1")], [asking("app", "500m"), asking("side", "500m")], "cpu 1 = app 500m + side 500m"),
        (
            [asking("setup", "3")],
            [asking("app", "2")],
            "cpu 3 = setup 3, while its init step setup runs",
        ),
        (
            [sidecar("proxy", resources={"requests": {"cpu": "500m"}}), asking("setup", "2")],
            [asking("app", "1")],
            "cpu 2500m = proxy 500m + setup 2, while its init step setup runs",
        ),
        (
            [asking("setup", "2"), sidecar("proxy", resources={"requests": {"cpu": "500m"}})],
            [asking("app", "1600m")],
            "cpu 2100m = proxy 500m + app 1600m",
        ),
    ],
)
def test_a_request_names_the_containers_that_make_it(init: list[Entry], apps: list[Entry], words: str) -> None:
    assert pod_request(parse_pod(pod(*apps, init=init)), "cpu").words == words


def test_a_limit_stands_for_a_request_that_is_not_there() -> None:
    limited = container("app", resources={"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "1"}})
    parsed = parse_pod(pod(limited))

    assert pod_request(parsed, "cpu").words == "cpu 1 = app 1"
    assert pod_request(parsed, "memory").words == "memory 1Gi = app 1Gi"


def test_a_request_of_the_whole_pod_stands_in_place_of_its_containers() -> None:
    document = pod(asking("app", "2"))
    document["spec"]["resources"] = {"requests": {"cpu": "5"}}

    assert pod_request(parse_pod(document), "cpu").words == "cpu 5"


def test_what_the_runtime_class_asks_for_comes_on_top() -> None:
    document = pod(asking("app", "2"))
    document["spec"]["overhead"] = {"cpu": "250m"}

    assert pod_request(parse_pod(document), "cpu").words == "cpu 2250m = app 2 + overhead 250m"


@pytest.mark.parametrize(
    ("resource", "amount", "words"),
    [
        ("cpu", 2.0, "2"),
        ("cpu", 1.5, "1500m"),
        ("memory", 3 * 2**30, "3Gi"),
        ("memory", 1.5 * 2**30, "1536Mi"),
        ("memory", 10**9, "954Mi"),
        ("memory", 2**40, "1Ti"),
        ("memory", 512, "512"),
        ("example.com/gpu", 2.0, "2"),
    ],
)
def test_an_amount_reads_as_in_a_manifest(resource: str, amount: float, words: str) -> None:
    assert amount_words(resource, amount) == words
