"""Which containers are meant: by names, globs and roles, and what is said when there is none."""

import pytest

from kubectl_mc.errors import McError, UsageError
from kubectl_mc.logs.choice import Choice, parse_globs, parse_roles
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.spec import Role
from tests.pods import container, pod, sidecar

ALL = ["migrate", "istio-proxy", "app", "app-worker", "debugger-x"]
WEB = parse_pod(
    pod(
        container("app"),
        container("app-worker"),
        init=[container("migrate"), sidecar("istio-proxy")],
        ephemeral=[container("debugger-x")],
    )
)
EMPTY = Pod("shop", "empty")


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice(), ALL),
        (Choice(("app",)), ["app"]),
        (Choice(("app*",)), ["app", "app-worker"]),
        (Choice(("app-worker", "app")), ["app", "app-worker"]),
        (Choice(("app-?orker",)), ["app-worker"]),
        (Choice(("[im]*",)), ["migrate", "istio-proxy"]),
        (Choice(("[!im]*",)), ["app", "app-worker", "debugger-x"]),
        (Choice(("APP",)), []),
        (Choice(("ap",)), []),
        (Choice(excluded=("istio-*",)), ["migrate", "app", "app-worker", "debugger-x"]),
        (Choice(excluded=("istio-*", "debugger-*", "migrate")), ["app", "app-worker"]),
        (Choice(excluded=("other",)), ALL),
        (Choice(("app*",), ("app",)), ["app-worker"]),
        (Choice(("app",), ("*",)), []),
        (Choice(roles=frozenset({Role.INIT})), ["migrate"]),
        (Choice(roles=frozenset({Role.SIDECAR, Role.EPHEMERAL})), ["istio-proxy", "debugger-x"]),
        (Choice(("istio*",), roles=frozenset({Role.APP})), []),
        (Choice(roles=frozenset()), []),
    ],
)
def test_containers_are_chosen_in_the_order_of_their_pod(choice: Choice, names: list[str]) -> None:
    assert [each.name for each in choice.of(WEB)] == names


def test_a_pod_without_containers_has_none_to_choose() -> None:
    assert Choice().of(EMPTY) == []


def renamed(name: str) -> Pod:
    return parse_pod(pod(container("db"), name=name))


@pytest.mark.parametrize(
    ("choice", "pods", "message"),
    [
        (Choice(("proxy",)), [WEB], "no container proxy in pod web"),
        (Choice(("proxy", "ap?")), [renamed("a")], "no container proxy or ap? in pod a"),
        (Choice(("app",), ("app",)), [WEB], "-c app -x app leaves no container in pod web"),
        (Choice(("proxy",), ("app",)), [WEB], "no container proxy in pod web"),
        (Choice(("proxy", "app"), ("a*",)), [WEB], "-c proxy -c app -x a* leaves no container in pod web"),
        (Choice(excluded=("*",)), [WEB], "-x * leaves no container in pod web"),
        (Choice(roles=frozenset({Role.INIT})), [renamed("a")], "--role init leaves no container in pod a"),
        (
            Choice(("app",), roles=frozenset({Role.SIDECAR, Role.INIT})),
            [WEB],
            "-c app --role init,sidecar leaves no container in pod web",
        ),
        (Choice(("x",)), [renamed("a"), WEB], "no container x in pod a and 1 other pod"),
        (Choice(("x",)), [EMPTY, renamed("a"), WEB, renamed("b")], "no container x in pod a and 2 other pods"),
    ],
)
def test_a_choice_of_nothing_is_an_error(choice: Choice, pods: list[Pod], message: str) -> None:
    with pytest.raises(McError) as caught:
        choice.require_any(pods)
    assert caught.value.message == message


def test_an_unknown_container_names_the_known_ones_with_their_roles() -> None:
    with pytest.raises(McError) as caught:
        Choice(("proxy",)).require_any([WEB])
    assert caught.value.hint == (
        "it has: migrate (init), istio-proxy (sidecar), app (app), app-worker (app), debugger-x (ephemeral)"
    )


@pytest.mark.parametrize(
    ("choice", "pods"),
    [
        (Choice(("app",)), [WEB]),
        (Choice(("app",)), [renamed("a"), WEB]),
        (Choice(("app",)), []),
        (Choice(("app",)), [EMPTY]),
        (Choice(), [EMPTY, WEB]),
    ],
)
def test_it_is_none_where_any_pod_has_one_or_none_has_containers(choice: Choice, pods: list[Pod]) -> None:
    choice.require_any(pods)


@pytest.mark.parametrize(
    ("texts", "globs"),
    [
        ([], ()),
        (["app"], ("app",)),
        (["app,proxy", "istio-*"], ("app", "proxy", "istio-*")),
        ([" app , proxy "], ("app", "proxy")),
        (["web-[ab]*"], ("web-[ab]*",)),
    ],
)
def test_names_may_stand_in_one_text_or_in_several(texts: list[str], globs: tuple[str, ...]) -> None:
    assert parse_globs("-c", texts) == globs


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "-x: an empty name"),
        ("app,", "-x: an empty name"),
        (",app", "-x: an empty name"),
        ("  ", "-x: an empty name"),
        ("web-[ab", "-x web-[ab: a bracket without its other half"),
        ("web-ab]", "-x web-ab]: a bracket without its other half"),
    ],
)
def test_a_name_that_could_match_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_globs("-x", ["app", text])
    assert caught.value.message == message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("", set(Role)),
        ("app", {Role.APP}),
        ("init,sidecar", {Role.INIT, Role.SIDECAR}),
        (" init , app ", {Role.INIT, Role.APP}),
        ("ephemeral,ephemeral", {Role.EPHEMERAL}),
    ],
)
def test_roles_stand_with_commas_between_them(text: str, roles: set[Role]) -> None:
    assert parse_roles(text) == roles


@pytest.mark.parametrize(
    ("text", "unknown"),
    [("apps", "apps"), ("init,x,y", "x, y"), ("APP", "APP"), ("sidecars", "sidecars")],
)
def test_an_unknown_role_names_the_known_ones(text: str, unknown: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_roles(text)
    assert caught.value.message == f"--role {text}: no such role: {unknown}"
    assert caught.value.hint == "init, sidecar, app, ephemeral"
