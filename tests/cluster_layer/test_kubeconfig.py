"""Which cluster and which user, from files, flags and the pod that this runs in."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_mc.cluster import kubeconfig
from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.cluster.kubeconfig import Access, Impersonation, load_access
from kubectl_mc.errors import ConfigurationError, UsageError

CONFIG: dict[str, Any] = {
    "clusters": [
        {"name": "east", "cluster": {"server": "https://east:6443", "certificate-authority-data": "RUFTVA=="}},
        {"name": "west", "cluster": {"server": "https://west:6443", "tls-server-name": "api.west"}},
    ],
    "users": [
        {"name": "ann", "user": {"token": "ann's"}},
        {"name": "ben", "user": {"client-certificate-data": "QkVO", "client-key-data": "S0VZ"}},
    ],
    "contexts": [
        {"name": "east", "context": {"cluster": "east", "user": "ann", "namespace": "shop"}},
        {"name": "west", "context": {"cluster": "west", "user": "ben"}},
    ],
    "current-context": "east",
}


def _written(path: Path, config: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(config if isinstance(config, str) else yaml.safe_dump(config))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return _written(tmp_path / "config", CONFIG)


def _load(*paths: Path, home: Path | None = None, **flags: Any) -> Access:
    environ = {"KUBECONFIG": ":".join(map(str, paths))} if paths else {}
    return load_access(ConnectionFlags(**flags), {**environ, "HOME": str(home or "/nonexistent")})


def _error(*paths: Path, home: Path | None = None, **flags: Any) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        _load(*paths, home=home, **flags)
    return caught.value


def test_the_current_context_decides(file: Path) -> None:
    access = _load(file)

    assert (access.context, access.namespace) == ("east", "shop")
    assert access.cluster["server"] == "https://east:6443"
    assert access.user == {"token": "ann's"}


def test_another_context_brings_its_cluster_its_user_and_its_namespace(file: Path) -> None:
    access = _load(file, context="west")

    assert (access.cluster["server"], access.user["client-key-data"]) == ("https://west:6443", "S0VZ")
    assert access.namespace == "default"


def test_the_home_directory_has_the_last_resort(tmp_path: Path) -> None:
    _written(tmp_path / ".kube" / "config", CONFIG)

    assert _load(home=tmp_path).context == "east"


def test_an_explicit_file_is_the_only_one(file: Path, tmp_path: Path) -> None:
    other = _written(tmp_path / "other", {**CONFIG, "current-context": "west"})

    assert _load(file, kubeconfig=str(other)).context == "west"


def test_the_first_file_of_a_list_wins_name_by_name(tmp_path: Path) -> None:
    users = [{"name": "ann", "user": {"token": "first"}}]
    first = _written(tmp_path / "first", {"users": users, "contexts": CONFIG["contexts"][:1]})
    second = _written(tmp_path / "second", {**CONFIG, "current-context": "west"})
    access = _load(first, second)

    assert access.context == "west"
    assert _load(first, second, context="east").user == {"token": "first"}


def test_missing_and_empty_files_of_a_list_are_passed_over(file: Path, tmp_path: Path) -> None:
    empty = _written(tmp_path / "empty", "")

    assert _load(tmp_path / "missing", empty, file).context == "east"


def test_paths_count_from_the_file_that_has_them(tmp_path: Path) -> None:
    plugin = {"command": "./bin/login"}
    entry = {"client-certificate": "pki/me.crt", "client-key": "/abs/me.key", "tokenFile": "token", "exec": plugin}
    config = {
        **CONFIG,
        "clusters": [{"name": "east", "cluster": {"server": "https://e", "certificate-authority": "ca.crt"}}],
        "users": [{"name": "ann", "user": entry}],
    }
    access = _load(_written(tmp_path / "deep" / "config", config))

    assert access.cluster["certificate-authority"] == str(tmp_path / "deep" / "ca.crt")
    assert access.user["client-certificate"] == str(tmp_path / "deep" / "pki" / "me.crt")
    assert access.user["client-key"] == "/abs/me.key"
    assert access.user["tokenFile"] == str(tmp_path / "deep" / "token")
    assert access.user["exec"]["command"] == str(tmp_path / "deep" / "bin" / "login")


def test_a_plugin_without_a_slash_is_looked_up_on_path(tmp_path: Path) -> None:
    config = {**CONFIG, "users": [{"name": "ann", "user": {"exec": {"command": "aws"}}}]}

    assert _load(_written(tmp_path / "config", config)).user["exec"]["command"] == "aws"


@pytest.mark.parametrize(
    ("flags", "part", "key", "value"),
    [
        ({"cluster": "west"}, "cluster", "server", "https://west:6443"),
        ({"user": "ben"}, "user", "client-key-data", "S0VZ"),
        ({"server": "https://other:1"}, "cluster", "server", "https://other:1"),
        ({"server": "other:1", "cluster": "west"}, "cluster", "server", "http://other:1"),
        ({"server": "other:1"}, "cluster", "server", "https://other:1"),
        ({"token": "given"}, "user", "token", "given"),
        ({"certificate_authority": "/ca"}, "cluster", "certificate-authority", "/ca"),
        ({"certificate_authority": "/ca"}, "cluster", "certificate-authority-data", None),
        ({"client_certificate": "/crt", "user": "ben"}, "user", "client-certificate", "/crt"),
        ({"client_certificate": "/crt", "user": "ben"}, "user", "client-certificate-data", None),
        ({"client_key": "/key", "user": "ben"}, "user", "client-key", "/key"),
        ({"client_key": "/key", "user": "ben"}, "user", "client-key-data", None),
        ({"tls_server_name": "api"}, "cluster", "tls-server-name", "api"),
        ({"server": "https://other", "context": "west"}, "cluster", "tls-server-name", None),
        ({"insecure_skip_tls_verify": True}, "cluster", "insecure-skip-tls-verify", True),
        ({}, "cluster", "insecure-skip-tls-verify", None),
    ],
)
def test_a_flag_is_above_the_file(file: Path, flags: dict[str, Any], part: str, key: str, value: object) -> None:
    assert getattr(_load(file, **flags), part).get(key) == value


def test_the_namespace_flag_is_above_the_context(file: Path) -> None:
    assert _load(file, namespace="other").namespace == "other"


@pytest.mark.parametrize("namespace", ["..", "a/b", "a b", "x?y"])
def test_a_namespace_that_cannot_be_one_is_wrong_usage(file: Path, namespace: str) -> None:
    with pytest.raises(UsageError, match="namespace"):
        _load(file, namespace=namespace)


def test_a_token_flag_takes_the_place_of_every_other_credential(tmp_path: Path) -> None:
    user = {"exec": {"command": "aws"}, "tokenFile": "t", "username": "u", "password": "p", "auth-provider": {}}
    config = {**CONFIG, "users": [{"name": "ann", "user": user}]}

    assert _load(_written(tmp_path / "config", config), token="given").user == {"token": "given"}


def test_a_server_flag_needs_no_file_at_all(tmp_path: Path) -> None:
    access = _load(tmp_path / "missing", server="https://somewhere", token="t")

    assert (access.cluster["server"], access.user, access.namespace) == ("https://somewhere", {"token": "t"}, "default")


def test_no_kubeconfig_says_where_it_was_looked_for(tmp_path: Path) -> None:
    error = _error(tmp_path / "a", tmp_path / "b")

    assert error.message == f"no cluster to talk to: no kubeconfig at {tmp_path / 'a'} or {tmp_path / 'b'}"
    assert error.hint is not None
    assert "kubectl mc demo" in error.hint


@pytest.mark.parametrize("content", ["", "# nothing\n", "users: []\n"], ids=repr)
@pytest.mark.parametrize("by_flag", [False, True])
def test_a_file_without_a_cluster_is_said_to_have_none(tmp_path: Path, content: str, by_flag: bool) -> None:
    file = _written(tmp_path / "empty", content)
    error = _error(kubeconfig=str(file)) if by_flag else _error(tmp_path / "missing", file)

    assert error.message == f"no cluster to talk to: there is none in {file}"


def test_an_explicit_file_must_be_there(tmp_path: Path) -> None:
    assert str(tmp_path / "no") in _error(kubeconfig=str(tmp_path / "no")).message


def test_a_directory_is_no_kubeconfig(tmp_path: Path) -> None:
    assert _error(tmp_path).message == f"kubeconfig {tmp_path} cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("flags", "message", "hint"),
    [
        ({"context": "nrth"}, "no context 'nrth' in the kubeconfig", "it has: east, west"),
        ({"cluster": "nrth"}, "no cluster 'nrth' in the kubeconfig", "it has: east, west"),
        ({"user": "cid"}, "no user 'cid' in the kubeconfig", "it has: ann, ben"),
    ],
)
def test_an_unknown_name_names_the_known_ones(file: Path, flags: dict[str, Any], message: str, hint: str) -> None:
    error = _error(file, **flags)

    assert (error.message, error.hint) == (message, hint)


def test_without_a_current_context_the_known_ones_are_named(tmp_path: Path) -> None:
    error = _error(_written(tmp_path / "config", {**CONFIG, "current-context": ""}))

    assert (error.message, error.hint) == (
        "the kubeconfig has no current context",
        "pass --context, one of: east, west",
    )


def test_malformed_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    file = _written(tmp_path / "config", "apiVersion: v1\nclusters:\n  - name: [east\nusers: []\n")

    assert f"kubeconfig {file} is not valid YAML, line" in _error(file).message


@pytest.mark.parametrize(
    "config",
    [
        "just text",
        "- a list",
        "42",
        "clusters: {}\ncontexts: 7\n",
        "contexts: [7]",
        "contexts: [{context: {cluster: a}}]",
        "contexts: [{name: a, context: [1]}]\ncurrent-context: a",
        "contexts: [{name: a, context: {cluster: [1]}}]\ncurrent-context: a",
        "contexts: [{name: a, context: {cluster: {b: c}}}]\ncurrent-context: a",
        "contexts: [{name: a}]\ncurrent-context: [a]",
        "contexts: [{name: a}]\ncurrent-context: 5",
        "contexts: [{name: a}]\ncurrent-context: a",
        "clusters: [{name: a, cluster: {}}]\ncontexts: [{name: a, context: {cluster: a}}]\ncurrent-context: a",
        "clusters: [{name: a, cluster: {server: 5, certificate-authority: 7}}]",
        "\x00",
        "!!python/object:os.system {}",
    ],
    ids=repr,
)
def test_what_is_no_kubeconfig_is_told_in_a_sentence(tmp_path: Path, config: str) -> None:
    assert _error(_written(tmp_path / "config", config)).message


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x7fELF\x02\x01\x00", b"\x00"], ids=repr)
def test_a_file_that_is_no_text_is_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "config"
    file.write_bytes(content)

    assert _error(file).message == f"kubeconfig {file} is not text"


@pytest.mark.parametrize("server", ["htp:/x", "host/path", "a b", "host:port", "//host", "user@host"])
@pytest.mark.parametrize("by_flag", [False, True])
def test_a_server_that_is_neither_a_url_nor_a_host_is_told(tmp_path: Path, server: str, by_flag: bool) -> None:
    config = {**CONFIG, "clusters": [{"name": "east", "cluster": {"server": "east" if by_flag else server}}]}
    error = _error(_written(tmp_path / "config", config), server=server if by_flag else None)

    assert error.message == f"{server!r} is not the URL of a server"


@pytest.mark.parametrize("server", ["host", "host/", "host:6443", "10.0.0.1:6443", "[fd00::1]", "[fd00::1]:6443"])
def test_a_bare_host_is_enough_of_a_server(file: Path, server: str) -> None:
    assert _load(file, server=server).cluster["server"] == f"https://{server}"


def test_texts_of_another_type_are_taken_as_texts(tmp_path: Path) -> None:
    config = {
        "clusters": [{"name": "a", "cluster": {"server": "https://a", "certificate-authority": 7}}],
        "users": [{"name": "a", "user": {"tokenFile": 8}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a", "namespace": 9}}],
        "current-context": "a",
    }
    access = _load(_written(tmp_path / "config", config))

    assert access.cluster["certificate-authority"] == str(tmp_path / "7")
    assert access.user["tokenFile"] == str(tmp_path / "8")
    assert access.namespace == "9"


AS = {"as": "ann", "as-groups": ["dev", "ops"], "as-uid": "7", "as-user-extra": {"scope": ["a", "b"]}}


def test_impersonation_is_read_from_the_file(tmp_path: Path) -> None:
    config = {**CONFIG, "users": [{"name": "ann", "user": AS}]}

    assert _load(_written(tmp_path / "config", config)).impersonation.headers() == [
        ("Impersonate-User", "ann"),
        ("Impersonate-Group", "dev"),
        ("Impersonate-Group", "ops"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Extra-scope", "a"),
        ("Impersonate-Extra-scope", "b"),
    ]


def test_flags_are_above_the_files_impersonation_one_by_one(tmp_path: Path) -> None:
    file = _written(tmp_path / "config", {**CONFIG, "users": [{"name": "ann", "user": AS}]})

    assert _load(file, as_="ben").impersonation.user == "ben"
    assert _load(file, as_group=("qa",)).impersonation == Impersonation("ann", ("qa",), "7", {"scope": ("a", "b")})
    assert _load(file, as_uid="8").impersonation.uid == "8"


@pytest.mark.parametrize(
    "user",
    [{"as": "a", "as-groups": "dev"}, {"as": "a", "as-user-extra": ["x"]}, {"as": "a", "as-user-extra": {"x": "y"}}],
)
def test_impersonation_of_the_wrong_shape_is_told(tmp_path: Path, user: dict[str, Any]) -> None:
    config = {**CONFIG, "users": [{"name": "ann", "user": user}]}

    assert "in the kubeconfig is no" in _error(_written(tmp_path / "config", config)).message


def test_nobody_is_impersonated_unless_asked(file: Path) -> None:
    assert _load(file).impersonation.headers() == []


@pytest.mark.parametrize("flags", [{"as_group": ("dev",)}, {"as_uid": "7"}])
def test_a_group_or_a_uid_alone_is_nobody_to_act_as(file: Path, flags: dict[str, Any]) -> None:
    assert _error(file, **flags).hint == "add --as USER"


def test_keys_of_extra_impersonation_are_escaped_for_a_header() -> None:
    extra = {"example.com/scopes": ("a",), "100%": ("b",)}

    assert Impersonation("ann", extra=extra).headers()[1:] == [
        ("Impersonate-Extra-example.com%2Fscopes", "a"),
        ("Impersonate-Extra-100%25", "b"),
    ]


@pytest.fixture
def service_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    (folder / "token").write_text("t")
    (folder / "namespace").write_text("jobs\n")
    monkeypatch.setattr(kubeconfig, "_SERVICE_ACCOUNT", folder)
    return folder


IN_CLUSTER = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443", "HOME": "/nonexistent"}


def test_a_pods_own_service_account_is_the_last_resort(service_account: Path, file: Path) -> None:
    access = load_access(ConnectionFlags(), IN_CLUSTER)

    assert access.cluster == {
        "server": "https://10.0.0.1:443",
        "certificate-authority": str(service_account / "ca.crt"),
    }
    assert (access.user, access.namespace) == ({"tokenFile": str(service_account / "token")}, "jobs")
    assert load_access(ConnectionFlags(), {**IN_CLUSTER, "KUBECONFIG": str(file)}).context == "east"


def test_flags_count_in_a_pod_too(service_account: Path) -> None:
    access = load_access(ConnectionFlags(namespace="other", token="given", as_="ann"), IN_CLUSTER)

    assert (access.namespace, access.user, access.impersonation.user) == ("other", {"token": "given"}, "ann")


def test_an_ipv6_service_is_bracketed(service_account: Path) -> None:
    access = load_access(ConnectionFlags(), {**IN_CLUSTER, "KUBERNETES_SERVICE_HOST": "fd00::1"})

    assert access.cluster["server"] == "https://[fd00::1]:443"


def test_the_flags_that_were_given_are_kept_for_the_next_command(file: Path, service_account: Path) -> None:
    assert _load(kubeconfig=str(file), user="ben").reach == ["--kubeconfig", str(file), "--user", "ben"]
    assert load_access(ConnectionFlags(as_="ann"), IN_CLUSTER).reach == ["--as", "ann"]


def test_flags_become_words_again_without_secrets() -> None:
    flags = ConnectionFlags(
        kubeconfig="/k", context="c", namespace="n", token="secret", as_="ann", as_group=("a", "b"),
        insecure_skip_tls_verify=True, request_timeout=5.0,
    )  # fmt: skip

    assert " ".join(flags.as_arguments()) == (
        "--kubeconfig /k --context c --token TOKEN --as ann --as-group a --as-group b --insecure-skip-tls-verify"
    )
