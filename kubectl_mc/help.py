"""How `--help` reads: usage, what the command answers, examples, its options; the connection flags once, at the top."""

from collections.abc import Mapping
from typing import Any

import typer
from typer.core import TyperCommand

CONNECTION_PANEL = "Connection"


class McCommand(TyperCommand):
    """A subcommand. Its function's docstring is the text; `examples` follow it."""

    examples: tuple[tuple[str, str], ...] = ()
    bare: Mapping[str, str] = {}
    """What an option means that is given without a value, which others can only follow behind a `=`."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        end = args.index("--") if "--" in args else len(args)
        valued = [f"{word}={self.bare[word]}" if word in self.bare else word for word in args[:end]]
        return super().parse_args(ctx, [*valued, *args[end:]])

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
