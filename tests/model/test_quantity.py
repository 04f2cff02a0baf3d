"""Quantities, signals and metrics."""

import pytest

from kubectl_mc.model.metrics import Usage, parse_usage
from kubectl_mc.model.quantity import cores, mebibytes, parse_quantity
from kubectl_mc.model.signals import signal_name, signal_of_exit


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("250m", 0.25),
        ("2", 2),
        ("0.5", 0.5),
        (".5", 0.5),
        ("+1", 1),
        ("-1", -1),
        ("1500000n", 0.0015),
        ("20u", 0.00002),
        ("1k", 1000),
        ("1M", 1e6),
        ("1G", 1e9),
        ("1T", 1e12),
        ("1P", 1e15),
        ("1E", 1e18),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1e-3", 0.001),
        ("1Ki", 1024),
        ("64Mi", 64 * 2**20),
        ("1Gi", 2**30),
        ("1Ti", 2**40),
        ("1Pi", 2**50),
        ("1Ei", 2**60),
    ],
)
def test_a_quantity_is_a_number(text: str, number: float) -> None:
    assert parse_quantity(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "m", "1.2.3", ".", "1KiB", "1 Gi", "one", "0x10", "1e999", "١"])
def test_what_is_no_quantity_is_nothing(text: str) -> None:
    assert parse_quantity(text) is None


@pytest.mark.parametrize("millicores", [0, 1, 9, 13, 26, 72, 250, 999, 1001, 64000])
def test_whole_millicores_stay_what_they_are(millicores: int) -> None:
    assert cores(parse_quantity(f"{millicores}m") or 0.0) == f"{millicores}m"


def test_a_part_of_a_millicore_is_rounded_up_so_that_a_little_is_not_nothing() -> None:
    assert cores(parse_quantity("1n") or 0.0) == "1m"
    assert cores(parse_quantity("1000001n") or 0.0) == "2m"


def test_memory_is_in_whole_mebibytes() -> None:
    assert mebibytes(64 * 2**20 + 2**19) == "64Mi"


@pytest.mark.parametrize(
    ("code", "signal", "name"),
    [
        (137, None, "SIGKILL"),
        (143, None, "SIGTERM"),
        (139, None, "SIGSEGV"),
        (134, None, "SIGABRT"),
        (0, 9, "SIGKILL"),
        (1, None, None),
        (128, None, None),
        (255, None, None),
        (None, None, None),
        (137, 64, None),
    ],
)
def test_the_signal_behind_an_end(code: int | None, signal: int | None, name: str | None) -> None:
    assert signal_of_exit(code, signal) == name


def test_signals_have_the_numbers_of_linux_wherever_this_runs() -> None:
    assert [signal_name(number) for number in (7, 10, 12, 31)] == ["SIGBUS", "SIGUSR1", "SIGUSR2", "SIGSYS"]


def test_usage_is_found_by_namespace_pod_and_container() -> None:
    containers = [{"name": "app", "usage": {"cpu": "250m", "memory": "64Mi"}}, {"name": "odd", "usage": {"cpu": "?"}}]
    usage = parse_usage([{"metadata": {"namespace": "shop", "name": "web"}, "containers": containers}, {}])

    assert usage == {
        ("shop", "web", "app"): Usage(0.25, 64 * 2**20),
        ("shop", "web", "odd"): Usage(0.0, 0.0),
    }
