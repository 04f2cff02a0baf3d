"""pyte's parser, which sends every byte of a sequence through a generator: here whole ones are known at sight.

It also knows some more of them, and hands on plain lines many at a time.
"""

import re

import pyte

from kubectl_mc.tui.terminal.plain_lines import draw_lines, run_at
from kubectl_mc.tui.terminal.screen import MORE, Screen

_CONTROL = re.compile(r"\x1b\[(\??)([0-9;]*)([@-~])")
_MOST = 9999


class Stream(pyte.Stream):
    """Feeds a screen."""

    def __init__(self, screen: Screen) -> None:
        self.csi = {**pyte.Stream.csi, **MORE}
        self.events = frozenset({*pyte.Stream.events, *MORE.values()})
        self._screen = screen
        super().__init__(screen)
        self.use_utf8 = False  # True would only make it pass over the sequences that choose a character set

    def feed(self, data: str) -> None:
        """As pyte's own, to the same end."""
        send, text_at, screen = self._send_to_parser, self._text_pattern.match, self._screen
        at, plain = 0, self._taking_plain_text
        while at < len(data):
            if not plain:
                plain = send(data[at])
                at += 1
            elif data[at] == "\x1b":
                if (found := _CONTROL.match(data, at)) is not None:
                    self._obey(*found.groups())
                    at = found.end()
                else:
                    plain = False
            elif run := run_at(data, at):
                draw_lines(screen, run)
                at += len(run)
            elif (text := text_at(data, at)) is not None:
                screen.draw(text.group())
                at = text.end()
            else:
                plain = False
        self._taking_plain_text = plain

    def _obey(self, private: str, parameters: str, final: str) -> None:
        if (name := self.csi.get(final)) is None:
            return
        values = [min(int(value or 0), _MOST) for value in parameters.split(";")]
        if private:
            getattr(self._screen, name)(*values, private=True)
        else:
            getattr(self._screen, name)(*values)
