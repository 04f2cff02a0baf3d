"""The text of a file cut into documents, each read by itself: one that is broken hides no other."""

import json
import re
from collections.abc import Iterator

import yaml

from kubectl_mc.errors import McError
from kubectl_mc.manifests.nodes import Impossible, Loader, Place, Tree

_SEPARATOR = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_CONTENT = re.compile(r"^[ \t]*[^ \t\r\n#%]", re.MULTILINE)
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HELM = "it looks like a template: helm template CHART | kubectl mc doctor -f -"


class Malformed(McError):
    """A file, or one of its documents, that is no YAML."""

    def __init__(self, file: str, place: Place, problem: str, hint: str | None = None) -> None:
        super().__init__(f"{file}:{place.line}:{place.column}: no YAML that kubectl takes: {problem}", hint)
        self.file = file
        self.place = place


def documents(file: str, content: bytes) -> Iterator[Tree | Malformed]:
    """The documents of a file, empty ones left out."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        yield Malformed(file, _place_in(content[: error.start].decode("utf-8", "replace")), "not UTF-8")
        return
    for line, part in _parts(text):
        yield from _read(file, line, part)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """What stands between lines of `---`, with the number of lines before it."""
    start = 0
    line = 0
    for cut in [*(match.start() for match in _SEPARATOR.finditer(text)), len(text)]:
        # The dashes become blanks, since a document may begin right behind them.
        part = text[start:cut]
        if part.startswith("---"):
            part = f"   {part[3:]}"
        if _CONTENT.search(part):
            yield line, part
        line += text.count("\n", start, cut)
        start = cut


def _read(file: str, line: int, text: str) -> Iterator[Tree | Malformed]:
    if text.lstrip()[:1] == "{":
        text = text.replace("\t", " ")  # JSON's blanks; in its texts a tab is written \t
    try:
        for node in yaml.compose_all(text, Loader):
            yield Tree(node, line)
    except Impossible as error:
        yield Malformed(file, error.place, error.problem, _HELM if "{{" in text else None)
    except RecursionError:
        yield Malformed(file, Place(line + 1, 1), "nested too deeply")
    except yaml.MarkedYAMLError as error:
        # What only JSON has, a pair of surrogates above all, is read as JSON; its places are lost.
        mark = error.problem_mark or error.context_mark
        place = Place(line + 1 + (mark.line if mark else 0), 1 + (mark.column if mark else 0))
        yield _as_json(text, line) or Malformed(file, place, error.problem or "", _HELM if "{{" in text else None)
    except yaml.reader.ReaderError:
        found = _UNREADABLE.search(text)
        place = _place_in(text[: found.start()] if found else "")
        yield Malformed(file, Place(place.line + line, place.column), "a character that YAML forbids")


def _as_json(text: str, line: int) -> Tree | None:
    if text.lstrip()[:1] != "{":
        return None
    try:
        plain = json.dumps(json.loads(text), ensure_ascii=False)
        node = yaml.compose(plain, Loader)
        return Tree(node, line) if node is not None else None
    except (ValueError, RecursionError, yaml.YAMLError, Impossible):
        return None


def _place_in(before: str) -> Place:
    """Where the text behind `before` begins."""
    return Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
