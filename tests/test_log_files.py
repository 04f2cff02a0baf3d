"""Logs that are kept: a file a container, the container's own bytes, nothing overwritten, no fault for the rest."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kubectl_mc.errors import McError
from kubectl_mc.log_files import LogFiles
from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import Kind, tag_of, told
from tests.logs.lines import block, stamp

TAG = tag_of(0)


def line(message: bytes) -> bytes:
    return stamp(1).encode() + b" " + message + TAG


class Notes(list[str]):
    """What a person was told."""

    def __call__(self, text: str) -> None:
        self.append(text)


@pytest.fixture
def notes() -> Notes:
    return Notes()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_container_has_a_file_with_its_own_bytes(tmp_path: Path, notes: Notes) -> None:
    messages = [b"plain", b"", b"\x1b[31mred\x00\r50%", b"half \xc3", "漢 \u2028".encode(), b"x" * 1_000_000]
    files = LogFiles(str(tmp_path), notes)
    files.write("a", "web_app", [line(message) for message in messages[:2]])
    files.write("b", "web_proxy", [line(b"other")])
    files.write("a", "web_app", [line(message) for message in messages[2:]])
    files.close()
    assert contents(tmp_path) == {
        "web_app.log": b"".join(message + b"\n" for message in messages),
        "web_proxy.log": b"other\n",
    }
    assert notes == []


def test_a_line_that_was_moved_is_kept_as_the_container_wrote_it(tmp_path: Path, notes: Notes) -> None:
    files = LogFiles(str(tmp_path), notes)
    lines = Intake(TAG).take(block((5, "panic: no"), (3, "goroutine 1 [running]:"), (6, "\tmain.go:3")))
    files.write("a", "web_app", lines)
    files.close()
    assert contents(tmp_path) == {"web_app.log": b"panic: no\ngoroutine 1 [running]:\n\tmain.go:3\n"}


def test_what_happened_to_a_container_stands_in_its_place_and_events_are_not_kept(tmp_path: Path, notes: Notes) -> None:
    def word(kind: Kind, message: str) -> bytes:
        return told(kind, stamp(1).encode(), message, TAG)

    files = LogFiles(str(tmp_path), notes)
    files.write("a", "web_app", [line(b"last words"), word(Kind.LIFECYCLE, "app exited 3"), line(b"hello")])
    files.write("a", "web_app", [word(Kind.GAP, "lines are missing"), word(Kind.EVENT, "Killing"), line(b"")])
    files.write("a", "web_app", [word(Kind.ERROR, "unable to retrieve")])
    files.write("b", "web_quiet", [word(Kind.EVENT, "Killing")])
    files.close()
    assert {name: content.decode() for name, content in contents(tmp_path).items()} == {
        "web_app.log": "last words\n── app exited 3 ──\nhello\n── lines are missing ──\n\n── unable to retrieve ──\n"
    }


def test_what_is_written_is_there_before_the_file_is_closed(tmp_path: Path, notes: Notes) -> None:
    files = LogFiles(str(tmp_path), notes)
    files.write("a", "web_app", [line(b"first")])
    assert contents(tmp_path) == {"web_app.log": b"first\n"}
    files.close()


def test_files_that_are_there_stay_and_a_number_makes_a_new_name(tmp_path: Path, notes: Notes) -> None:
    (tmp_path / "web_app.log").write_bytes(b"of yesterday")
    (tmp_path / "web_app.3.log").write_bytes(b"of the day before")
    for run in (b"first", b"second"):
        files = LogFiles(str(tmp_path), notes)
        files.write("a", "web_app", [line(run)])
        files.write("a", "web_app", [line(b"more")])
        files.close()
    assert contents(tmp_path) == {
        "web_app.log": b"of yesterday",
        "web_app.2.log": b"first\nmore\n",
        "web_app.3.log": b"of the day before",
        "web_app.4.log": b"second\nmore\n",
    }


def test_two_containers_of_the_same_name_have_files_of_their_own(tmp_path: Path, notes: Notes) -> None:
    files = LogFiles(str(tmp_path), notes)
    for key in ("old pod", "new pod", "old pod"):
        files.write(key, "web-0_app", [line(key.encode())])
    files.close()
    assert contents(tmp_path) == {"web-0_app.log": b"old pod\nold pod\n", "web-0_app.2.log": b"new pod\n"}


def test_names_too_long_for_a_file_are_cut_in_the_middle_and_stay_different(tmp_path: Path, notes: Notes) -> None:
    container = "c" * 63
    longest = f"{'p' * 180}_{container}"
    names = [longest, f"p{longest}", *(f"{'x' * 252}{end}_{container}" for end in "ab")]
    for _ in range(2):
        files = LogFiles(str(tmp_path), notes)
        for name in names:
            files.write(name, name, [line(name.encode())])
        files.close()
    found = contents(tmp_path)
    assert notes == []
    assert sorted(found.values()) == sorted(f"{name}\n".encode() for name in names * 2)
    assert found[f"{longest}.log"] == found[f"{longest}.2.log"]
    forms = sorted(re.sub("~[0-9a-f]{16}~", "~#~", re.sub(r"(\.2)?\.log$", "", name)) for name in found)
    assert forms == sorted(2 * [longest, f"{'p' * 163}~#~{container}", *2 * [f"{'x' * 163}~#~{container}"]])


def test_a_name_that_leads_elsewhere_is_not_followed(tmp_path: Path, notes: Notes) -> None:
    target = tmp_path / "target"
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "web_app.log").symlink_to(target)
    files = LogFiles(str(folder), notes)
    files.write("a", "web_app", [line(b"a")])
    files.close()
    assert not target.exists()
    assert (folder / "web_app.2.log").read_bytes() == b"a\n"


def test_the_folder_is_made_with_those_above_it(tmp_path: Path, notes: Notes) -> None:
    folder = tmp_path / "a" / "b"
    LogFiles(str(folder), notes).close()
    assert contents(folder) == {}
    LogFiles(str(folder), notes).close()


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("file", "File exists"),
        ("file/below", "Not a directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_folder_that_cannot_be_made_is_an_error(folder: str, why: str, tmp_path: Path, notes: Notes) -> None:
    (tmp_path / "file").touch()
    path = str(tmp_path / folder)
    with pytest.raises(McError) as caught:
        LogFiles(path, notes)
    assert caught.value.message == f"--save {path}: {why}"
    assert caught.value.hint


def test_a_file_that_cannot_be_made_is_said_once_and_others_go_on(tmp_path: Path, notes: Notes) -> None:
    name = "no such folder/web_app"
    files = LogFiles(str(tmp_path), notes)
    for _ in range(3):
        files.write("a", name, [line(b"lost")])
        files.write("b", "web_app", [line(b"kept")])
    files.close()
    assert contents(tmp_path) == {"web_app.log": b"kept\n" * 3}
    assert notes == [
        f"{tmp_path / name}: No such file or directory: what this container writes is shown, but no longer saved"
    ]


LIMITED = """
import resource
import sys
from kubectl_mc.log_files import LogFiles
from tests.test_log_files import line

def note(text):
    sys.stdout.write(text + "\\n")

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
files = LogFiles(sys.argv[1], note)
files.write("full", "web_app", [line(b"x" * 99)] * 9)
files.write("full", "web_app", [line(b"y" * 99)] * 2)
note("after the write that did not fit")
for _ in range(3):
    files.write("full", "web_app", [line(b"lost")])
    files.write("fits", "web_proxy", [line(b"kept")])
files.close()
"""


def test_a_file_that_can_grow_no_more_is_said_at_once_and_once_and_others_go_on(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert (done.stdout, done.stderr) == (
        f"{tmp_path / 'web_app'}: File too large: what this container writes is shown, but no longer saved\n"
        "after the write that did not fit\n",
        "",
    )
    assert contents(tmp_path) == {
        "web_app.log": (b"x" * 99 + b"\n") * 9 + b"y" * 99 + b"\n",
        "web_proxy.log": b"kept\n" * 3,
    }


def test_no_lines_leave_nothing_behind(tmp_path: Path, notes: Notes) -> None:
    files = LogFiles(str(tmp_path), notes)
    files.write("a", "web_app", [])
    files.write("a", "web_app", [line(b"a")])
    files.write("a", "web_app", [])
    files.close()
    assert contents(tmp_path) == {"web_app.log": b"a\n"}
