"""Which lines are let through."""

import re
from dataclasses import dataclass

from kubectl_mc.logs.line import MESSAGE, TAG, Told


@dataclass(frozen=True, slots=True)
class Filter:
    """Regular expressions on messages; words of this tool's own always pass."""

    wanted: re.Pattern[bytes] | None = None
    unwanted: re.Pattern[bytes] | None = None

    def passed(self, lines: list[bytes]) -> list[bytes]:
        """The lines that match what is wanted and nothing that is not."""
        if self.wanted is not None:
            search = self.wanted.search
            lines = [line for line in lines if search(line[MESSAGE:-TAG]) or isinstance(line, Told)]
        if self.unwanted is not None:
            search = self.unwanted.search
            lines = [line for line in lines if not search(line[MESSAGE:-TAG]) or isinstance(line, Told)]
        return lines
