"""Runs scripts and holds a conversation on a terminal. The grammar is in `syntax.py`.

Builtins are those that must change the shell itself; every other command is an applet.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from kubectl_mc.demo.shell.applets import APPLETS, IMAGE_APPLETS, NOT_FOUND, Applet, execute
from kubectl_mc.demo.shell.expansion import fields
from kubectl_mc.demo.shell.pipes import Pipe
from kubectl_mc.demo.shell.processes import SHELL_PID, Process, reason
from kubectl_mc.demo.shell.redirection import Written, redirected
from kubectl_mc.demo.shell.syntax import (
    Command,
    For,
    Group,
    If,
    Loop,
    Pipeline,
    Script,
    Step,
    parse,
)
from kubectl_mc.demo.shell.tokens import ShellSyntaxError, Word

INTERRUPTED = 130
SHELLS = ("sh", "ash", "bash")


class Exited(Exception):
    """The shell ends with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Shell:
    """One shell process."""

    def __init__(self, process: Process, commands: Mapping[str, Applet]) -> None:
        self._process = process
        self._commands = commands
        self._variables = dict(process.env)
        self._arguments: tuple[str, ...] = (process.argv[0],)
        self._code = 0
        self._substitutions = 0
        """How many there have been."""

    async def run(self) -> int:
        """`sh -c SCRIPT [NAME [ARGUMENT…]]`, a script on stdin, or a conversation on a terminal."""
        words = list(self._process.arguments)
        while words and words[0].startswith("-") and words[0] != "-c":
            words.pop(0)
        try:
            if words[:1] == ["-c"]:
                if len(words) < 2:
                    return await self._process.fail("-c requires an argument", 2)
                self._arguments = tuple(words[2:]) or self._arguments
                return await self.script(words[1])
            if self._process.terminal is not None:
                return await self._converse()
            while line := await self._process.stdin.read_line():
                await self.script(line.decode(errors="replace"))
        except Exited as exited:
            return exited.code
        return self._code

    async def script(self, text: str) -> int:
        """Runs a text and returns the code of its last command."""
        try:
            script = parse(text)
        except ShellSyntaxError as error:
            self._code = await self._process.fail(f"syntax error: {error}", 2)
            return self._code
        return await self._script(script, self._process)

    async def _converse(self) -> int:
        """Prompt, line, answer; Ctrl-C ends the command or the line, Ctrl-D the shell."""
        terminal = self._process.terminal
        assert terminal is not None

        async def new_prompt() -> None:
            self._code = INTERRUPTED
            await terminal.write(b"\n" + self._prompt())

        while True:
            terminal.foreground, terminal.interrupted = None, new_prompt
            await terminal.write(self._prompt())
            line = await self._process.stdin.read_line()
            if not line:
                return self._code
            terminal.foreground = asyncio.create_task(self.script(line.decode(errors="replace")))
            try:
                await terminal.foreground
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    terminal.foreground.cancel()
                    raise
                self._code = INTERRUPTED
                await terminal.write(b"\n")

    def _prompt(self) -> bytes:
        mark = "$" if self._process.around.user else "#"
        return f"{self._process.cwd} {mark} ".encode()

    async def _script(self, script: Script, process: Process) -> int:
        for pipeline in script.pipelines:
            if pipeline.joint == ";" or (pipeline.joint == "&&") is (self._code == 0):
                self._code = await self._pipeline(pipeline, process)
        return self._code

    async def _pipeline(self, pipeline: Pipeline, process: Process) -> int:
        """Steps side by side, each reading what the one before it writes."""
        *feeding, last = pipeline.steps
        stdin = process.stdin
        tasks: list[asyncio.Task[int]] = []
        for step in feeding:
            pipe = Pipe()
            tasks.append(asyncio.create_task(self._into(step, replace(process, stdin=stdin, out=pipe.write), pipe)))
            stdin = pipe
        try:
            code = await self._step(last, replace(process, stdin=stdin) if feeding else process)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return int(code == 0) if pipeline.negated else code

    async def _into(self, step: Step, process: Process, pipe: Pipe) -> int:
        try:
            return await self._step(step, process)
        except Exited as exited:
            return exited.code
        finally:
            pipe.end()

    async def _step(self, step: Step, process: Process) -> int:
        if isinstance(step, Command):
            return await self._command(step, process)
        self._code = 0
        if isinstance(step, Group):
            return await self._script(step.body, process)
        if isinstance(step, If):
            for condition, body in step.branches:
                if await self._script(condition, process) == 0:
                    return await self._script(body, process)
            self._code = 0
            return await self._script(step.otherwise, process) if step.otherwise else 0
        if isinstance(step, Loop):
            return await self._loop(step, process)
        return await self._for(step, process)

    async def _loop(self, loop: Loop, process: Process) -> int:
        code = 0
        while (await self._script(loop.condition, process) == 0) is not loop.until:
            code = await self._script(loop.body, process)
            # An endless loop of commands that wait for nothing must not stop the whole cluster.
            await asyncio.sleep(0)
        return code

    async def _for(self, loop: For, process: Process) -> int:
        code = 0
        for word in loop.words:
            for value in await self._fields(word):
                self._variables[loop.name] = value
                code = await self._script(loop.body, process)
        return code

    async def _command(self, command: Command, process: Process) -> int:
        """A simple command with its redirections."""
        # The directory is the shell's: it may have changed since the pipeline began.
        process = replace(process, cwd=self._process.cwd)
        written: list[Written] = []
        for redirect in command.redirects:
            name = "".join(await self._fields(redirect.target))
            try:
                process = redirected(process, redirect, name, written)
            except OSError as error:
                verb = "open" if redirect.operator == "<" else "create"
                await process.err(f"sh: can't {verb} {name}: {reason(error)}\n".encode())
                return 1
        argv = tuple([field for word in command.words for field in await self._fields(word)])
        before = self._substitutions
        values = {name: " ".join(await self._fields(word)) for name, word in command.assignments}
        if not argv:
            self._variables |= values
            # POSIX 2.9.1: without a command the code is that of the last substitution, and 0 without any.
            return 0 if values and self._substitutions == before else self._code
        try:
            return await self._execute(replace(process, argv=argv, env=self._variables | values))
        finally:
            for each in written:
                each.keep(process.around.files)

    async def _execute(self, process: Process) -> int:
        """A builtin, a shell or an applet."""
        name, *words = process.argv
        if name == "exec" and words:
            raise Exited(await self._execute(process.spawn(tuple(words))))
        if name in ("exit", "return"):
            raise Exited(int(words[0]) & 0xFF if words and words[0].isdigit() else self._code)
        if name == "cd":
            return await self._change_directory(process, words[0] if words else "/root")
        if name == "kill" and str(SHELL_PID) in words:
            signals = {"-9": 9, "-KILL": 9, "-15": 15, "-TERM": 15, "-2": 2, "-INT": 2, "-11": 11, "-SEGV": 11}
            raise Exited(128 + signals.get(words[0], 15))
        if name == "command" and words[:1] != ["-v"]:
            return await self._execute(process.spawn(tuple(words)))
        if name in ("command", "which", "type"):
            return await self._where(process, [word for word in words if not word.startswith("-")])
        if name in ("export", "set", ":", "ulimit", "umask", "trap"):
            self._variables |= dict(word.split("=", 1) for word in words if "=" in word)
            return 0
        if name == "pwd":
            await process.say(process.cwd)
            return 0
        if name == "read":
            line = (await process.stdin.read_line()).decode(errors="replace")
            self._variables[words[-1] if words else "REPLY"] = line.rstrip("\n")
            return int(not line)
        return await execute(process, self._commands)

    async def _change_directory(self, process: Process, name: str) -> int:
        path = process.path(name)
        if not process.around.files.is_dir(path):
            await process.err(f"sh: cd: can't cd to {name}: No such file or directory\n".encode())
            return 2
        self._process = replace(self._process, cwd=path)
        return 0

    async def _where(self, process: Process, names: list[str]) -> int:
        """`command -v NAME…`."""
        found = [name for name in names if name in self._commands]
        for name in found:
            await process.say(f"/bin/{name}")
        return 0 if len(found) == len(names) else NOT_FOUND

    async def _fields(self, word: Word) -> list[str]:
        """The words that a word becomes."""
        return await fields(word, self._value, self._substituted)

    async def _substituted(self, text: str) -> str:
        """What a `$(…)` prints, without the newlines at its end."""
        self._substitutions += 1
        written = Pipe()
        outer = self._process
        self._process = replace(outer, out=written.write)
        try:
            await self.script(text)
        except Exited as exited:
            self._code = exited.code
        finally:
            self._process = replace(self._process, out=outer.out)
        written.end()
        parts: list[bytes] = []
        while chunk := await written.read():
            parts.append(chunk)
        return b"".join(parts).decode(errors="replace").rstrip("\n")

    def _value(self, name: str) -> str:
        """The value of a variable, with `${NAME:-default}`."""
        name, _, default = name.partition(":-")
        special = {
            "?": str(self._code),
            "$": str(SHELL_PID),
            "#": str(len(self._arguments) - 1),
            "@": " ".join(self._arguments[1:]),
            "*": " ".join(self._arguments[1:]),
            "PPID": "0",
        }
        if name.isdigit():
            found = self._arguments[int(name)] if int(name) < len(self._arguments) else ""
        else:
            found = special.get(name, self._variables.get(name, ""))
        return found or default


def commands_of(image: str, *, has_bash: bool) -> dict[str, Applet]:
    """Every command of an image that has a shell."""
    found = dict(APPLETS)
    for part, extra in IMAGE_APPLETS.items():
        if part in image:
            found |= extra

    async def shell(process: Process) -> int:
        return await Shell(process, found).run()

    for name in SHELLS:
        if name != "bash" or has_bash:
            found[name] = shell
    return found
