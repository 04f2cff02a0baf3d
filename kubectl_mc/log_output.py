"""Where the lines of logs go: through a filter to stdout, and unfiltered into files."""

from dataclasses import dataclass

from kubectl_mc.cluster.log_member import Member
from kubectl_mc.log_files import LogFiles
from kubectl_mc.logs.filter import BREAK, Filter
from kubectl_mc.logs.line import Kind, any_marked, batches, kind_of, message_of, source_tag
from kubectl_mc.logs.machine import Name, as_json
from kubectl_mc.logs.show import Show
from kubectl_mc.logs.source import Source
from kubectl_mc.session import Session

_BATCH = 2000
"""Lines that are made into text at a time: with what becomes of them they fit into a processor's cache."""


@dataclass(frozen=True)
class Form:
    """What becomes of the lines beside being shown."""

    output: str
    """`raw`, `json`, or empty for what people read."""
    save: str
    """The folder of the files; empty for none."""
    several_namespaces: bool


class LogOutput:
    """Where the lines go: through the filter to stdout, and into files."""

    def __init__(self, session: Session, show: Show, passing: Filter, form: Form) -> None:
        self._session = session
        self._show = show
        self._passing = passing
        self._form = form
        self._outlet = session.outlet()
        self._names: dict[bytes, Name] = {}
        self._sources: dict[bytes, Source] = {}
        self._files = LogFiles(form.save, self.note) if form.save else None
        self.anything = False
        """Whether a line has come through the filters."""

    def joined(self, member: Member) -> None:
        source = member.source
        self._names[member.tag] = Name(source.namespace, source.pod, source.container)
        self._sources[member.tag] = source
        self._show.joined(member.tag, self._names[member.tag], member.place)

    async def emit(self, lines: list[bytes]) -> None:
        if self._files is not None:
            self._save(self._files, lines)
        lines = self._passing.passed(lines)
        self.anything = self.anything or bool(lines)
        for batch in batches(lines, _BATCH):
            await self._write(batch)

    async def _write(self, lines: list[bytes]) -> None:
        if self._form.output == "json":
            shown = as_json(lines, self._names)
        else:
            shown = self._show.text(lines)
            if self._form.output == "raw" and any_marked(lines):
                self._say_aside(lines)
        await self._outlet.write(shown)

    def note(self, text: str) -> None:
        if self._session.interactive:
            self._show.interrupted()
        self._session.note(text)

    def close(self) -> None:
        if self._files is not None:
            self._files.close()

    def _save(self, files: LogFiles, lines: list[bytes]) -> None:
        by_source: dict[bytes, list[bytes]] = {}
        for line in lines:
            by_source.setdefault(source_tag(line), []).append(line)
        for tag, own in by_source.items():
            source = self._sources[tag]
            if source.container:
                several = [source.namespace] if self._form.several_namespaces else []
                files.write(source, "_".join([*several, source.pod, source.container]), own)

    def _say_aside(self, lines: list[bytes]) -> None:
        """What no container wrote, where stdout is for what they did."""
        for line in lines:
            if kind_of(line) is not Kind.LOG and line is not BREAK:
                name = self._names[source_tag(line)]
                words = message_of(line).decode(errors="replace")
                self._session.note(f"{name.pod}/{name.container}: {words}" if name.container else words)
