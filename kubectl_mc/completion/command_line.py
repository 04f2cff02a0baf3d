"""From the words of the line to the answer: finds the command at the cursor, inside `demo` too."""

from collections.abc import Mapping, Sequence

from kubectl_mc.completion.declarations import declared_syntax
from kubectl_mc.completion.line import read_line
from kubectl_mc.completion.reply import NOTHING, Candidate, Reply, reply
from kubectl_mc.completion.syntax import Syntax
from kubectl_mc.completion.values import Blank, flag_names, value
from kubectl_mc.completion.world import World, connection_flags

DEMO = "demo"
SERVE = Candidate("serve", "Keep the demo up, for plain kubectl in another window.")


def complete(words: Sequence[str], environ: Mapping[str, str]) -> Reply:
    """The candidates for the last word.

    Args:
        words: what stands after `kubectl mc`; the last one is being typed and may be empty.
        environ: variables of the environment.

    Raises:
        ConfigurationError: the kubeconfig cannot be read.
    """
    root = declared_syntax(None, environ)
    assert root is not None
    line = read_line(root, words)
    values = line.values
    demo = False
    while line.rest:
        name, *after = line.rest
        if not after:
            return _commands(root, demo=demo).narrowed(name)
        syntax = declared_syntax(name, environ)
        if syntax is None or (demo and name == DEMO):
            return NOTHING
        demo = demo or name == DEMO
        line = read_line(syntax, after)
        line.values = values = {**values, **line.values}
    if line.types_flag:
        answer = flag_names(line)
    else:
        answer = value(Blank(line, World(connection_flags(values), environ, demo)))
    return answer.narrowed(line.word)


def _commands(root: Syntax, *, demo: bool) -> Reply:
    """The subcommands; inside the demo those that it runs, and its own."""
    commands = [Candidate(name, about) for name, about in root.commands if not demo or name != DEMO]
    return reply([*commands, SERVE] if demo else commands)
