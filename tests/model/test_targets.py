"""What may be named on a command line, and what may not."""

import pytest

from kubectl_mc.errors import ExitCode, UsageError
from kubectl_mc.model.resources import DEPLOYMENTS, PODS, TARGETS, can_be_a_name, target_resource
from kubectl_mc.model.targets import Query, parse_query


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        ([], []),
        (["web"], ["pod/web"]),
        (["web", "db"], ["pod/web", "pod/db"]),
        (["pod/web"], ["pod/web"]),
        (["po/web", "deploy/db"], ["pod/web", "deployment/db"]),
        (["pods", "web", "db"], ["pod/web", "pod/db"]),
        (["deploy", "web"], ["deployment/web"]),
        (["deployment", "web"], ["deployment/web"]),
        (["deployments.apps", "web"], ["deployment/web"]),
        (["deployments.v1.apps/web"], ["deployment/web"]),
        (["DEPLOY/web"], ["deployment/web"]),
        (["rs/a", "sts/b", "ds/c", "job/d"], ["replicaset/a", "statefulset/b", "daemonset/c", "job/d"]),
        (["cj/a", "svc/b", "rc/c"], ["cronjob/a", "service/b", "replicationcontroller/c"]),
        (["deploy"], ["pod/deploy"]),
        (["web.example", "db"], ["pod/web.example", "pod/db"]),
        (["web-0.v1"], ["pod/web-0.v1"]),
    ],
    ids=" ".join,
)
def test_the_forms_of_a_target(words: list[str], targets: list[str]) -> None:
    assert [str(target) for target in parse_query(words).targets] == targets


@pytest.mark.parametrize(
    ("words", "behind"),
    [
        (["web"], [None]),
        (["web", "app", "proxy"], [None, "pod/web", "pod/web"]),
        (["deploy", "web", "app"], [None, "deployment/web"]),
        (["pod/web", "pod/app"], [None, None]),
    ],
    ids=lambda value: " ".join(map(str, value)),
)
def test_names_in_a_row_know_the_first_whose_containers_they_may_be(words: list[str], behind: list[str | None]) -> None:
    targets = parse_query(words).targets
    assert [target.behind and str(target.behind) for target in targets] == behind


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pod/web", "db"], "don't mix"),
        (["pod/a/b"], "one slash"),
        (["/web"], "one type"),
        (["pod/"], "one name"),
        (["/"], "one type"),
        (["node/a"], "'node' is no type that has pods"),
        (["deployments.batch/web"], "no type that has pods"),
        (["deployments.v2.apps/web"], "no type that has pods"),
        ([""], "empty"),
        (["web", ""], "empty"),
        (["."], "no name"),
        ([".."], "no name"),
        (["pod/.."], "no name"),
        (["deploy", ".."], "no name"),
        (["a%2Fb"], "no name"),
        (["web?watch=true"], "no name"),
        (["web#1"], "no name"),
    ],
    ids=lambda value: " ".join(value) or "empty" if isinstance(value, list) else "",
)
def test_what_cannot_be_a_target_is_wrong_usage(words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse_query(words)

    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.hint


def test_an_unknown_type_names_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        parse_query(["node/a"])

    assert caught.value.hint == "types: po, deploy, rs, sts, ds, job, cj, svc, rc"


@pytest.mark.parametrize(
    "choice", [{"labels": "app=web"}, {"fields": "status.phase=Running"}, {"all_namespaces": True}]
)
def test_a_name_excludes_what_chooses(choice: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        parse_query(["web"], **choice)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "whole"),
    [
        (Query(), True),
        (Query(all_namespaces=True), True),
        (Query(labels="app=web"), False),
        (Query(fields="status.phase=Running"), False),
        (parse_query(["web"]), False),
    ],
)
def test_a_question_without_names_and_selectors_means_a_whole_namespace(query: Query, whole: bool) -> None:
    assert query.whole is whole


def test_no_word_means_two_resources() -> None:
    words = [word for resource in TARGETS for word in (resource.plural, resource.singular, *resource.short_names)]

    assert len(words) == len(set(words))
    assert all(target_resource(word) is not None for word in words)


def test_a_path_has_the_parts_that_are_given() -> None:
    assert PODS.path() == "/api/v1/pods"
    assert PODS.path("shop") == "/api/v1/namespaces/shop/pods"
    assert PODS.path("shop", "web", "log") == "/api/v1/namespaces/shop/pods/web/log"
    assert DEPLOYMENTS.path("shop", "web") == "/apis/apps/v1/namespaces/shop/deployments/web"


@pytest.mark.parametrize("word", ["web", "web-7d4b9", "web.v1", "..a", "a..", "0", "Web", "system:node"])
def test_a_word_that_may_be_a_name(word: str) -> None:
    assert can_be_a_name(word)


@pytest.mark.parametrize(
    "word", ["", ".", "..", "a/b", "a b", "a\n", "a%20b", "a?b", "a#b", "a=b", "a,b", "é", "\x1b[2J"]
)
def test_a_word_that_would_change_a_url_is_no_name(word: str) -> None:
    assert not can_be_a_name(word)
