"""install.sh in a home of its own, with the dependencies that pip finds: one story, told once, for all tests here."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
DONE, ERROR, USAGE = 0, 1, 2
Run = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Home:
    """A user's home directory, with a space in its path."""

    path: Path

    @property
    def bin(self) -> Path:
        return self.path / ".local/bin"

    @property
    def bash_completion(self) -> Path:
        return self.path / ".local/share/bash-completion/completions/kubectl-mc"

    def run(self, *words: str | Path, path: str = os.defpath, shell: str = "/bin/bash") -> Run:
        """A command in this home; of the environment only what pip may need is handed on."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "BASH_", "KUBE"))}
        environ = {**kept, "HOME": str(self.path), "PATH": path, "SHELL": shell, "KUBECONFIG": os.devnull}
        environ["PIP_CACHE_DIR"] = str(self.path.parent / "pip-cache")
        # pip takes this for --no-compile, whatever it looks like: a sixth of the time, and nothing is tested by it.
        environ["PIP_NO_COMPILE"] = "0"
        return subprocess.run(
            list(map(str, words)), env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )

    def install(self, *words: str | Path, source: Path = CHECKOUT, path: str = os.defpath, shell: str = "") -> Run:
        return self.run("sh", source / "install.sh", "--python", sys.executable, *words, path=path, shell=shell)

    def files(self) -> set[str]:
        """Everything in it, below what other programs keep there."""
        return {str(file.relative_to(self.path)) for file in self.path.rglob("*") if ".cache" not in file.parts}


@dataclass(frozen=True)
class Story:
    """What was said and done from the first installation to the last removal."""

    home: Home
    first: Run
    version: Run
    demo: Run
    candidates: Run
    upgrade: Run
    releases: list[str]
    """After the upgrade."""
    failed_upgrade: Run
    version_after_failure: Run
    removal: Run
    left: set[str]
    second_removal: Run


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("install")
    home = Home(folder / "a home")
    home.path.mkdir()
    (home.path / "notes").write_text("mine")
    first = home.install(shell="/usr/bin/zsh")
    version = home.run(home.bin / "kubectl-mc", "version")
    demo = home.run(home.bin / "kubectl-mc", "demo", "status", "-o", "name")
    candidates = home.run(home.bin / "kubectl_complete-mc", "ver")

    krew = executable(folder / "krew" / "kubectl-mc", "exit 0")
    upgrade = home.install(path=f"{krew.parent}:{home.bin}:{os.defpath}")
    releases = [file.name for file in (home.path / ".local/share/kubectl-mc/releases").iterdir()]
    no_package = folder / "no package"
    no_package.mkdir()
    shutil.copy(CHECKOUT / "install.sh", no_package)
    failed_upgrade = home.install(source=no_package)
    version_after_failure = home.run(home.bin / "kubectl-mc", "version")

    home.bash_completion.unlink()
    home.bash_completion.write_text("somebody else's")
    removal = home.run("sh", CHECKOUT / "install.sh", "--uninstall")
    return Story(
        home=home,
        first=first,
        version=version,
        demo=demo,
        candidates=candidates,
        upgrade=upgrade,
        releases=releases,
        failed_upgrade=failed_upgrade,
        version_after_failure=version_after_failure,
        removal=removal,
        left=home.files(),
        second_removal=home.run("sh", CHECKOUT / "install.sh", "--uninstall"),
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    path = tmp_path / "a home"
    path.mkdir()
    return Home(path)


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.install
def test_what_was_installed_runs(story: Story) -> None:
    assert story.first.returncode == DONE, story.first.stderr
    assert story.version.stdout.startswith("kubectl-mc ")
    assert "pod/webapp\n" in story.demo.stdout
    assert story.candidates.stdout.startswith("version\t")


@pytest.mark.install
def test_a_directory_off_path_comes_with_the_line_that_adds_it(story: Story) -> None:
    assert f"{story.home.bin} is not on PATH" in story.first.stderr
    assert f"{story.home.path}/.zshrc" in story.first.stderr
    assert f'export PATH="{story.home.bin}:$PATH"' in story.first.stderr


@pytest.mark.install
def test_zsh_is_told_where_its_completion_lies(story: Story) -> None:
    assert f'fpath=("{story.home.path}/.local/share/zsh/site-functions" $fpath)' in story.first.stderr


@pytest.mark.install
def test_an_upgrade_leaves_one_release_and_says_nothing_of_path(story: Story) -> None:
    assert story.upgrade.returncode == DONE
    assert story.releases == ["2"]
    assert "is not on PATH" not in story.upgrade.stderr


@pytest.mark.install
def test_another_plugin_of_the_same_name_is_named_as_the_one_that_wins(story: Story) -> None:
    [note] = [line for line in story.upgrade.stderr.splitlines() if "comes first on PATH" in line]
    assert "krew/kubectl-mc" in note
    assert "Krew's multi-cluster plugin" in note
    assert "comes first" not in story.first.stderr


@pytest.mark.install
def test_a_failed_upgrade_leaves_the_old_installation_working(story: Story) -> None:
    assert story.failed_upgrade.returncode == ERROR
    assert "error: pip cannot install" in story.failed_upgrade.stderr
    assert story.version_after_failure.stdout == story.version.stdout


@pytest.mark.install
def test_uninstalling_leaves_what_is_somebody_elses_and_nothing_more(story: Story) -> None:
    foreign = story.home.bash_completion
    assert story.removal.returncode == DONE
    assert f"{foreign} is not from here" in story.removal.stderr
    assert foreign.read_text() == "somebody else's"
    relative = foreign.relative_to(story.home.path)
    assert story.left == {"notes", str(relative), *(str(parent) for parent in relative.parents if parent != Path())}


@pytest.mark.install
def test_uninstalling_twice_is_no_error(story: Story) -> None:
    assert story.second_removal.returncode == DONE
    assert story.second_removal.stdout.startswith("Nothing is installed")


@pytest.mark.parametrize("name", ["kubectl-mc", "kubectl_complete-mc"])
def test_a_foreign_command_of_the_same_name_stops_it_and_stays(home: Home, name: str) -> None:
    foreign = executable(home.bin / name, "echo foreign")
    before = home.files()
    run = home.install()
    assert run.returncode == ERROR
    assert f"error: {foreign} exists and is not from here" in run.stderr
    assert "--bin-dir" in run.stderr
    assert home.files() == before
    assert "echo foreign" in foreign.read_text()


def test_an_old_python_is_named_with_its_version(home: Home, tmp_path: Path) -> None:
    old = executable(tmp_path / "python3", 'case $1 in --version) echo "Python 3.9.2" ;; *) exit 1 ;; esac')
    run = home.run("sh", CHECKOUT / "install.sh", "--python", old)
    assert (run.returncode, run.stdout) == (ERROR, "")
    assert f"error: {old} is Python 3.9.2; 3.11 or newer is needed" in run.stderr
    assert home.files() == set()


def test_without_any_python_it_says_how_to_get_one(home: Home, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("dirname", "sh"):
        (tools / tool).symlink_to(shutil.which(tool) or "")
    run = home.run(tools / "sh", CHECKOUT / "install.sh", path=str(tools))
    assert run.returncode == ERROR
    assert "error: Python 3.11 or newer is needed; there is no Python" in run.stderr
    assert "--python PATH" in run.stderr


def test_a_missing_venv_names_the_package_to_install(home: Home, tmp_path: Path) -> None:
    bare = executable(
        tmp_path / "python3", f'case "$*" in *ensurepip*) exit 1 ;; *) exec "{sys.executable}" "$@" ;; esac'
    )
    run = home.run("sh", CHECKOUT / "install.sh", "--python", bare)
    assert run.returncode == ERROR
    assert f"error: {bare} lacks venv or ensurepip" in run.stderr
    assert f"python3.{sys.version_info.minor}-venv" in run.stderr
    assert home.files() == set()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--frobnicate"], "unknown word: --frobnicate"),
        (["--bin-dir"], "--bin-dir needs a value"),
        (["--python", "/nowhere/python3"], "no Python at /nowhere/python3"),
    ],
)
def test_wrong_usage_is_said_in_a_line_and_a_hint(home: Home, words: list[str], said: str) -> None:
    run = home.run("sh", CHECKOUT / "install.sh", *words)
    assert run.returncode == USAGE
    assert [line.partition(":")[0] for line in run.stderr.splitlines()] == ["error", "hint"]
    assert said in run.stderr


def test_help_names_every_option(home: Home) -> None:
    run = home.run("sh", CHECKOUT / "install.sh", "--help")
    assert run.returncode == DONE
    assert all(option in run.stdout for option in ("--bin-dir", "--python", "--uninstall", "--help"))
