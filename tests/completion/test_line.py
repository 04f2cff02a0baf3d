import pytest

from kubectl_mc.completion.line import Line, read_line
from kubectl_mc.completion.syntax import Argument, Flag, Syntax


def flag(name: str, short: str, *, takes_value: bool, repeatable: bool = False) -> Flag:
    return Flag(name, (f"--{name}",), (short,), takes_value, repeatable, "", "")


SYNTAX = Syntax(
    flags=(
        flag("namespace", "-n", takes_value=True),
        flag("watch", "-w", takes_value=False),
        flag("as-group", "-g", takes_value=True, repeatable=True),
        Flag("times", ("--times",), (), True, False, "a|b", "", bare=True),
    ),
    arguments=(Argument("pod", variadic=False), Argument("words", variadic=True)),
)
WHOLE_REST = Syntax(flags=SYNTAX.flags, arguments=(Argument("words", variadic=True),), ends_at_argument=True)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("-n shop ", {"namespace": ["shop"]}),
        ("-nshop ", {"namespace": ["shop"]}),
        ("-wn shop ", {"watch": [""], "namespace": ["shop"]}),
        ("--namespace=shop ", {"namespace": ["shop"]}),
        ("--as-group a --as-group b ", {"as-group": ["a", "b"]}),
        ("web -n shop ls -l ", {"pod": ["web"], "namespace": ["shop"], "words": ["ls"]}),
        ("-n -w ", {"namespace": ["-w"]}),
        ("web -- -n ", {"pod": ["web"], "words": ["-n"]}),
        ("--times web ", {"times": [""], "pod": ["web"]}),
        ("--times=a web ", {"times": ["a"], "pod": ["web"]}),
        ("--no-such-flag web ", {"pod": ["web"], "words": []}),
        ("- ", {"pod": ["-"], "words": []}),
    ],
)
def test_words_before_the_cursor_become_values(words: str, values: dict[str, list[str]]) -> None:
    assert {"words": [], **read_line(SYNTAX, words.split(" ")).values} == {"words": [], **values}


@pytest.mark.parametrize(
    ("words", "typed", "word"),
    [
        ("", "pod", ""),
        ("we", "pod", "we"),
        ("web l", "words", "l"),
        ("-n ", "--namespace", ""),
        ("-n sh", "--namespace", "sh"),
        ("--namespace=sh", "--namespace", "sh"),
        ("-wn sh", "--namespace", "sh"),
        ("-", "a flag", "-"),
        ("web --na", "a flag", "--na"),
        ("--watch=", "a flag", "--watch="),
        ("--times=", "--times", ""),
        ("--times ", "pod", ""),
        ("web -- -n", "words", "-n"),
    ],
)
def test_the_word_at_the_cursor_is_known_for_what_it_is(words: str, typed: str, word: str) -> None:
    line = read_line(SYNTAX, words.split(" "))
    assert (kind(line), line.word) == (typed, word)


def kind(line: Line) -> str:
    if line.flag is not None:
        return f"--{line.flag.name}"
    if line.types_flag:
        return "a flag"
    return line.argument.name if line.argument is not None else "nothing"


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("status -n x", ("status", "-n", "x")),
        ("-w status ", ("status", "")),
        ("sta", ("sta",)),
        ("", ("",)),
        ("-w", ()),
        ("-n ", ()),
    ],
)
def test_a_command_that_ends_at_its_argument_leaves_the_rest_unread(words: str, rest: tuple[str, ...]) -> None:
    assert read_line(WHOLE_REST, words.split(" ")).rest == rest


def test_a_flag_that_was_given_is_not_offered_again_unless_it_repeats() -> None:
    line = read_line(SYNTAX, ["-w", "-g", "a", "-"])
    assert [flag.name for flag in line.open_flags()] == ["namespace", "as-group", "times"]
