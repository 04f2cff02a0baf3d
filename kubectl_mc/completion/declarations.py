"""The syntax of the commands as it is declared for Typer.

Importing Typer and a command takes 100 ms, a third of the time that there is: so what was read is kept, for as long as
the package's files stay as they are.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kubectl_mc.completion.kept import cache_folder, keep, read_kept
from kubectl_mc.completion.syntax import Argument, Flag, Syntax

_PACKAGE = Path(__file__).parent.parent


def declared_syntax(command: str | None, environ: Mapping[str, str]) -> Syntax | None:
    """What may stand after a subcommand, or after `mc` for None; None when there is no such subcommand."""
    file = cache_folder(environ) / f"syntax-{command or ''}.json"
    stamp = _stamp()
    content = read_kept(file)
    if content is not None:
        # Anything but what was written here is read anew.
        with contextlib.suppress(ValueError, TypeError, KeyError):
            document = json.loads(content)
            if document["stamp"] == stamp:
                return Syntax.of(document["syntax"])
    syntax = _read(command)
    if syntax is not None:
        keep(file, json.dumps({"stamp": stamp, "syntax": asdict(syntax)}).encode())
    return syntax


def _stamp() -> list[str]:
    """Another one after each change of a file that declares something."""
    folders = (_PACKAGE, _PACKAGE / "commands")
    files = [entry for folder in folders for entry in os.scandir(folder) if entry.name.endswith(".py")]
    return sorted(f"{entry.path} {entry.stat().st_mtime_ns}" for entry in files)


def _read(name: str | None) -> Syntax | None:
    from kubectl_mc import cli

    group = cli.group()
    command: Any = group.get_command(None, name) if name is not None else group
    if command is None:
        return None
    context = command.make_context(command.name, [], resilient_parsing=True)
    parameters = [item for item in command.get_params(context) if not getattr(item, "hidden", False)]
    return Syntax(
        flags=tuple(
            _flag(item, getattr(command, "bare", {})) for item in parameters if item.param_type_name == "option"
        ),
        arguments=tuple(
            Argument(item.name, item.nargs == -1) for item in parameters if item.param_type_name == "argument"
        ),
        commands=tuple(cli.COMMANDS.items()) if name is None else (),
        ends_at_argument=not context.allow_interspersed_args,
    )


def _flag(option: Any, bare: Mapping[str, str]) -> Flag:
    words = (*option.opts, *option.secondary_opts)
    return Flag(
        name=option.name,
        long=tuple(word for word in words if word.startswith("--")),
        short=tuple(word for word in words if not word.startswith("--")),
        takes_value=not (option.is_flag or option.count),
        repeatable=option.multiple,
        metavar=option.metavar or "",
        about=option.help or "",
        bare=any(word in bare for word in words),
    )
