"""Imports point one way, and a command loads only what it uses."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo

ROOT = Path(__file__).parents[1] / "kubectl_mc"

# What each part may import of this package, beside itself and the package's own few constants.
ALLOWED = {
    "model": {"errors"},
    "logs": {"model", "errors"},
    "doctor": {"model", "logs", "errors"},
    "render": {"model", "logs", "doctor", "errors"},
    "cluster": {"model", "logs", "doctor", "errors"},
    "manifests": {"model", "errors"},
    "errors": set(),
    "options": {"errors", "model"},
    "session": {"cluster", "outlet", "render", "errors"},
    "outlet": set(),
    "log_files": {"logs", "errors"},
    "log_output": {"cluster", "log_files", "logs", "session"},
    "help": {"errors"},
    "terminal": set(),
    "relay": {"cluster", "outlet", "session", "terminal", "errors"},
    "entering": {"cluster", "model", "relay", "session", "terminal", "errors"},
    "debugging": {"cluster", "entering", "model", "session", "errors"},
    "waiting": {"cluster", "doctor", "live", "model", "render", "session", "errors"},
    "live": {"model", "render", "session"},
    "completion": {"cli", "cluster", "demo", "doctor", "model", "errors", "session", "options"},
    "demo": set(),
    "__init__": set(),
}
FREE = {"commands", "tui", "cli", "__main__"}
"""The top: they may import whatever is below them."""

NO_IO = {
    "aiohttp", "asyncio", "http", "io", "kubernetes", "os", "pathlib", "requests", "rich", "select", "shutil", "socket",
    "ssl", "subprocess", "sys", "tempfile", "textual", "threading", "time", "typer", "urllib", "yaml",
}  # fmt: skip
"""What a pure module has no use for."""
ONLY_FROM = {
    "aiohttp": {"cluster", "demo"},
    "kubernetes": {"cluster"},
    "yarl": {"cluster", "demo"},
    "textual": {"tui"},
    "typer": {"cli", "commands", "completion", "help", "options"},
}


def _part(path: Path) -> str:
    """The folder under the package, or the name of a module that lies right in it."""
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def _imported(path: Path) -> Iterator[str]:
    """The full names that a module imports, inside functions and for types alone as well."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_enough_to_be_read_at_once(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def _own_part(name: str) -> str | None:
    """The part of this package that an imported name lies in; None for other packages."""
    package, _, rest = name.partition(".")
    if package != "kubectl_mc":
        return None
    first = rest.partition(".")[0]
    return first if (ROOT / first).is_dir() or (ROOT / f"{first}.py").is_file() else "__init__"


def test_every_part_has_its_place_in_the_order() -> None:
    assert {_part(path) for path in MODULES} <= {*ALLOWED, *FREE}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    part = _part(path)
    imported = {own for name in _imported(path) if (own := _own_part(name)) is not None} - {part, "__init__"}
    if part not in FREE:
        assert imported <= ALLOWED[part]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_is_imported_where_it_belongs(path: Path) -> None:
    part = _part(path)
    packages = {name.partition(".")[0] for name in _imported(path)}

    for package in packages & ONLY_FROM.keys():
        assert part in ONLY_FROM[package], f"{package} is imported by {part}"
    if part in ("model", "logs", "doctor"):
        assert not packages & NO_IO


def _loaded(words: list[str], **environ: str) -> set[str]:
    """The modules that one run of the command has loaded, by their full names."""
    code = (
        "import json, os, sys\n"
        "from kubectl_mc.cli import process_main\n"
        "try:\n    sys.exit(process_main())\n"
        "finally:\n    sys.stderr.write('\\n' + json.dumps(sorted(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *words],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stderr.splitlines()[-1]))


def _packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


_SLOW = {"aiohttp", "asyncio", "kubernetes", "pydantic", "requests", "ssl", "textual", "yaml"}


@pytest.mark.parametrize("words", [["--help"], ["version"]], ids=" ".join)
def test_help_and_version_load_nothing_that_takes_time(words: list[str]) -> None:
    assert not _packages(_loaded(words)) & {*_SLOW, "rich"}


def test_the_help_of_a_command_loads_nothing_that_takes_time() -> None:
    modules = _loaded(["status", "--help"])

    assert not _packages(modules) & _SLOW
    assert "rich.console" not in modules


def test_status_in_a_pipe_loads_no_console_and_no_second_client(demo: RunningDemo, tmp_path: Path) -> None:
    config = demo.cluster.write_kubeconfig(tmp_path / "config")
    modules = _loaded(["status"], KUBECONFIG=str(config))

    assert {"aiohttp", "kubernetes"} <= _packages(modules)
    assert not _packages(modules) & {"textual", "requests", "pydantic", "oauthlib", "urllib3"}
    assert not [
        name
        for name in modules
        if name.startswith(("rich.console", "kubernetes.client", "kubernetes.aio.client.models"))
    ]


def test_a_review_of_manifests_loads_nothing_of_a_cluster(tmp_path: Path) -> None:
    manifest = tmp_path / "web.yaml"
    manifest.write_text("kind: Pod\nspec: {containers: [{name: app, image: 'app:1'}]}\n", encoding="utf-8")
    modules = _loaded(["doctor", "-f", str(manifest)], KUBECONFIG=str(tmp_path / "none"))

    assert "yaml" in _packages(modules)
    assert not _packages(modules) & (_SLOW - {"yaml"})
    assert not {"kubectl_mc.cluster.client", "kubectl_mc.doctor.diagnosis", "rich.console"} & modules
