"""How a command line reads: its words, as kubectl takes them; and `--help`: usage, what the command answers, examples,
its options; the connection flags once, at the top.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import typer
from typer._click.core import augment_usage_errors
from typer._click.exceptions import BadOptionUsage
from typer._click.parser import _OptionParser
from typer.core import TyperCommand

from kubectl_mc.errors import UsageError

CONNECTION_PANEL = "Connection"
_TRUTHS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
"""What may stand behind the `=` of a flag (Go's `strconv.ParseBool`)."""


class Words(_OptionParser):
    """Options as kubectl's pflag takes them, where Click's parser doesn't: `--watch=true`, `-f=false`, `-o=json`."""

    def __init__(self, command: Any, ctx: Any, bare: Mapping[str, str]) -> None:
        """The parser of a command; `bare` is what an option means that is given without a value."""
        super().__init__(ctx)
        self._context = ctx
        self._bare = bare
        for parameter in command.get_params(ctx):
            parameter.add_to_parser(self, ctx)

    def parse_args(self, args: list[str]) -> Any:
        with augment_usage_errors(self._context):  # so that whoever reports one knows the command
            return super().parse_args(args)

    def _match_long_opt(self, opt: str, explicit_value: str | None, state: Any) -> None:
        option = self._long_opt.get(opt)
        if opt in self._bare:  # it may stand alone, so that it is a flag as well
            truth = True if explicit_value is None else _TRUTHS.get(explicit_value)
            explicit_value = explicit_value if truth is None else self._bare[opt] if truth else ""
        if option is not None and not option.takes_value and explicit_value is not None:
            self._set(option, opt, explicit_value, state)
        else:
            super()._match_long_opt(opt, explicit_value, state)

    def _match_short_opt(self, arg: str, state: Any) -> None:
        before, equals, value = arg.partition("=")
        options = [self._short_opt.get(f"-{letter}") for letter in before[1:]]
        *flags, last = options or [None]
        if not equals or last is None or any(flag is None or flag.takes_value for flag in flags):
            super()._match_short_opt(arg, state)  # none has an `=` of its own: `-l app=web`
            return
        if flags:
            super()._match_short_opt(before[:-1], state)
        if last.takes_value:
            state.rargs.insert(0, value)
            super()._match_short_opt(f"-{before[-1]}", state)
        else:
            self._set(last, f"-{before[-1]}", value, state)

    def _set(self, flag: Any, word: str, value: str, state: Any) -> None:
        if value not in _TRUTHS:
            raise BadOptionUsage(word, f"{word}={value}: neither true nor false")
        state.opts[flag.dest] = _TRUTHS[value]
        state.order.append(flag.obj)


class McCommand(TyperCommand):
    """A subcommand. Its function's docstring is the text; `examples` follow it."""

    examples: tuple[tuple[str, str], ...] = ()
    bare: Mapping[str, str] = {}
    """What an option means that is given without a value, which others can only follow behind a `=`."""
    instead: Mapping[str, str] = {}
    """What serves in the place of an option of kubectl's that there is none of."""

    takes_command: bool = False
    """Whether what stands behind `--` is a command for a container; it comes as `context.meta["command"]`."""
    silent: Sequence[Any] = ()
    """Parameters that are taken and neither shown nor completed, beside `params`."""

    def get_params(self, ctx: Any) -> list[Any]:
        return [*super().get_params(ctx), *self.silent]

    def make_parser(self, ctx: Any) -> Words:
        return Words(self, ctx, self.bare)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if self.takes_command and "--" in args:
            at = args.index("--")
            ctx.meta["command"] = tuple(args[at + 1 :])
            args = args[:at]
            if not ctx.meta["command"]:
                raise UsageError("no command behind --", "leave -- out for a shell")
        return list(super().parse_args(ctx, args))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        return [*pieces, "[-- COMMAND...]"] if self.takes_command else pieces

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        super().format_help_text(ctx, formatter)
        write_examples(formatter, self.examples)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        write_options(self, ctx, formatter, brief=True)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = [piece for piece in self.collect_usage_pieces(ctx) if piece != "[OPTIONS]"]
        formatter.write_usage(ctx.command_path, " ".join([*pieces, "[OPTIONS]"]))


def write_examples(formatter: Any, examples: tuple[tuple[str, str], ...]) -> None:
    """Commands to copy, with what each is for."""
    if examples:
        with formatter.section(heading("Examples")):
            formatter.write_dl(list(examples), col_max=46)


def write_options(command: Any, ctx: Any, formatter: Any, *, brief: bool) -> None:
    """The options by group. `brief`: of the connection flags only the most used, and where the others are."""
    own, connection, arguments = [], [], []
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is None:
            continue
        if parameter.param_type_name == "argument":
            arguments.append(record)
        elif getattr(parameter, "rich_help_panel", None) == CONNECTION_PANEL:
            connection.append(record)
        else:
            name, about = record
            for word in getattr(command, "bare", {}):
                name = name.replace(f"{word} ", f"{word}[=") + "]" if f"{word} " in name else name
            own.append((name, about))
    for title, records in (("Arguments", arguments), ("Options", own)):
        if records:
            with formatter.section(heading(title)):
                formatter.write_dl(records)
    with formatter.section(heading("Connection, as with kubectl")):
        formatter.write_dl(connection[:3] if brief else connection)
        if brief:
            formatter.write_text("and all others: kubectl mc --help")


def heading(text: str) -> str:
    """A section's title, bold where there are colours."""
    return typer.style(text, bold=True)
