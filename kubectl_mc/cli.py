"""The Typer app: a registration line a command, and the one place where an error becomes a message and an exit code."""

import contextlib
import difflib
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer._click.exceptions import ClickException, NoSuchOption
from typer._click.exceptions import UsageError as ClickUsageError
from typer.core import TyperGroup
from typer.main import get_command_from_info, get_params_convertors_ctx_param_name_from_function
from typer.models import CommandInfo

from kubectl_mc import PROGRAM, options
from kubectl_mc.errors import ExitCode, McError
from kubectl_mc.help import CONNECTION_PANEL, McCommand, Words, heading, write_examples, write_options
from kubectl_mc.model.targets import Query
from kubectl_mc.session import Session, Terminated

HELP_NAMES: dict[str, Any] = {"help_option_names": ["-h", "--help"]}

COMMANDS = {
    "status": "How every container of a pod is, since when, and what the pod waits for.",
    "logs": "The logs of all containers as one stream, in the order of time.",
    "doctor": "Why pods are not well: the one cause, its evidence, the next command.",
    "wait": "Wait until pods are ready; ends at once, with the cause, when that takes a change.",
    "timeline": "How a pod started: what it waited for until it was ready, and for how long.",
    "map": "How the containers of a pod are coupled: ports, volumes, processes, patterns.",
    "events": "What happened to pods, their owners and their claims, told by container.",
    "exec": "A shell or a command in the right container, with its exit code.",
    "attach": "The terminal of a container's main process.",
    "debug": "A shell beside a container that has none: its processes, volumes, environment.",
    "ui": "The dashboard: all of it live, with sessions inside.",
    "demo": "The same commands on a built-in simulated cluster; nothing to install.",
    "version": "The version of this tool and, when asked, of the server.",
}
"""Each is the module of `kubectl_mc.commands` with its name, which has a function `command` and `EXAMPLES`."""

EXAMPLES = (
    ("kubectl mc status", "every pod of the namespace, what is broken first"),
    ("kubectl mc status web-7d4b9", "every container of one pod"),
    ("kubectl mc status deploy/web -w", "a workload's pods, live"),
    ("kubectl mc events web-7d4b9", "what happened to it"),
    ("kubectl mc demo status", "try it without a cluster"),
)


class Commands(TyperGroup):
    """The group: finds a command's module only when the command is called, so that no other's imports cost time."""

    def make_parser(self, ctx: Any) -> Words:
        return Words(self, ctx, {})

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kubectl_mc.commands.{cmd_name}")
        info = CommandInfo(
            name=cmd_name,
            cls=McCommand,
            callback=module.command,
            context_settings={**HELP_NAMES, **getattr(module, "CONTEXT_SETTINGS", {})},
        )
        command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
        assert isinstance(command, McCommand)
        command.examples = module.EXAMPLES
        command.bare = getattr(module, "BARE", {})
        command.takes_command = getattr(module, "TAKES_COMMAND", False)
        command.instead = getattr(module, "INSTEAD", {})
        command.silent = [parameter for parameter in command.params if getattr(parameter, "hidden", False)]
        command.params = [parameter for parameter in command.params if parameter not in command.silent]
        command.params += _connection_parameters()
        return command

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        super().format_help_text(ctx, formatter)
        with formatter.section(heading("Commands")):
            formatter.write_dl(list(COMMANDS.items()))
        write_examples(formatter, EXAMPLES)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        write_options(self, ctx, formatter, brief=False)


def main(arguments: Sequence[str] | None = None, session: Session | None = None) -> int:
    """Run one command line; the exit code is returned, and nothing is ever raised.

    Args:
        arguments: the words after `kubectl mc`; None for this process's own.
        session: where to run it; None for this process's streams and environment.
    """
    session = session or Session()
    try:
        # Typer prints help on sys.stdout, whatever the session's is.
        with contextlib.redirect_stdout(session.stdout):
            code = _invoke(sys.argv[1:] if arguments is None else list(arguments), session)
        session.stdout.flush()
    except typer.Exit as end:
        return end.exit_code
    except ClickException as error:
        return _misused(error, session)
    except McError as error:
        session.report(error)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except Terminated as end:
        return end.exit_code
    except BrokenPipeError:
        session.abandon_stdout()
        return ExitCode.DONE
    except OSError as error:
        session.report(_operating_system(error))
        return ExitCode.ERROR
    except Exception as error:
        if session.environ.get("KUBECTL_MC_TRACEBACK"):
            raise
        session.report(_fault_of_this_tool(error))
        return ExitCode.ERROR
    return code


def _invoke(arguments: list[str], session: Session) -> int:
    commands = group()
    with commands.make_context(PROGRAM, arguments, obj=session, color=session.colors) as context:
        return int(commands.invoke(context) or ExitCode.DONE)


def group() -> Commands:
    """All commands, and the connection flags before them."""

    def root(context: typer.Context) -> int:
        """Debug pods that have several containers: which container, since when, why, and what to type next."""
        session: Session = context.obj
        if context.invoked_subcommand is None and session.interactive and session.typed_at:
            from kubectl_mc.commands.ui import dashboard

            return session.run(dashboard(session, Query(), read_only=False))
        if context.invoked_subcommand is None:
            typer.echo(context.get_help(), color=context.color)
        return ExitCode.DONE

    info = CommandInfo(name="mc", callback=root)
    plain = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    return Commands(
        name="mc",
        callback=plain.callback,
        help=plain.help,
        invoke_without_command=True,
        context_settings=HELP_NAMES,
        params=_connection_parameters(),
        rich_markup_mode=None,
    )


def _connection_parameters() -> list[Any]:
    """The flags that every command takes; their values go into the session, wherever on the line they stand."""
    parameters, _, _ = get_params_convertors_ctx_param_name_from_function(options.connection)
    for parameter in parameters:
        parameter.expose_value = False
        parameter.callback = _keep
        parameter.rich_help_panel = CONNECTION_PANEL
    return parameters


def _keep(context: Any, parameter: Any, value: Any) -> None:
    if not value or context.resilient_parsing:
        return
    name, kept = options.kept(parameter.name, value)
    if name == "color":
        context.obj.color = kept
    else:
        context.obj.with_flags(**{name: kept})


def _misused(error: ClickException, session: Session) -> int:
    """Words that Typer cannot make sense of."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    hint = f"{path} --help" if isinstance(error, ClickUsageError) else None
    if isinstance(error, NoSuchOption) and error.possibilities:
        # Typer compares the dashes as well, and takes --user for --bogus.
        error.possibilities = [near for near in error.possibilities if _are_alike(near, error.option_name)]
    message = error.format_message().rstrip(".")
    if message.startswith("No such command"):
        near = difflib.get_close_matches(message.split("'")[1], COMMANDS, n=1)
        hint = f"did you mean {near[0]}? all of them: {hint}" if near else hint
    if isinstance(error, NoSuchOption) and context is not None:
        instead = getattr(context.command, "instead", {}).get(error.option_name)
        message, hint = (error.message, instead) if instead else (message, hint)
    session.report(McError(message, hint))
    return ExitCode.USAGE


def _are_alike(one: str, other: str) -> bool:
    return bool(difflib.get_close_matches(one.lstrip("-"), [other.lstrip("-")]))


def _operating_system(error: OSError) -> McError:
    """What the system refuses beyond the cluster: a full disk behind stdout, too many open files."""
    where = f": {error.filename}" if error.filename else ""
    return McError(f"{error.strerror or error}{where}", "is the disk full, or a limit of the system reached?")


def _fault_of_this_tool(error: Exception) -> McError:
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return McError(
        f"kubectl-mc itself failed, which is a fault of its own: {said}",
        "KUBECTL_MC_TRACEBACK=1 shows where; please report it with that",
    )


def process_main() -> int:
    """This process's command line; the exit code."""
    _fill_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the locale cannot write is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    return main()


def _fill_streams() -> None:
    """In place of a stream that was closed (`>&-`) there is /dev/null, as the next socket would else get its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w")
