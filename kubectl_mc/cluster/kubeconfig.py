"""Which server, which user: the kubeconfig files and the flags made into one `Access`.

Source: client-go `tools/clientcmd`: KUBECONFIG is a list, missing files are skipped, the first file to set a value
wins, and relative paths count from the file that has them. The kubernetes package's own loader knows neither
impersonation nor the flags `--user`, `--cluster` and `--server`, and costs 80 ms of imports.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.errors import ConfigurationError, UsageError
from kubectl_mc.model.resources import can_be_a_name

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_BARE_SERVER = re.compile(r"([^\s/:?#@]+|\[[0-9a-fA-F:.]+\])(:\d+)?/?")
"""A host, maybe with a port, which is all that kubectl takes without `https://`."""
_ANOTHER_FILE = "a kubeconfig is YAML in UTF-8 with clusters, users and contexts: is this another file?"
_PATHS = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
}


@dataclass(frozen=True, slots=True)
class Impersonation:
    """Whom to act as: sent as headers with every request, exec and attach included."""

    user: str = ""
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def headers(self) -> list[tuple[str, str]]:
        """Source: client-go `transport/round_trippers.go` NewImpersonatingRoundTripper."""
        if not self.user:
            return []
        return [
            ("Impersonate-User", self.user),
            *(("Impersonate-Group", group) for group in self.groups),
            *([("Impersonate-Uid", self.uid)] if self.uid else []),
            *((_extra_header(key), value) for key, values in self.extra.items() for value in values),
        ]


def _extra_header(key: str) -> str:
    """A header's name may not have every character that a key may."""
    return "Impersonate-Extra-" + quote(key, safe="!#$&'*+-.^_`|~")


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that a connection needs; the entries are the kubeconfig's own, with absolute paths."""

    cluster: Mapping[str, Any]
    user: Mapping[str, Any]
    namespace: str
    impersonation: Impersonation
    context: str = ""
    reach: Sequence[str] = ()
    """The connection flags that were given, for commands that a person is to type next."""


def load_access(flags: ConnectionFlags, environ: Mapping[str, str]) -> Access:
    """What the flags and the files say together.

    Raises:
        ConfigurationError: a file cannot be read or is no kubeconfig, a name is not in it, or there is no cluster.
        UsageError: `--namespace` is no name.
    """
    if flags.namespace and not can_be_a_name(flags.namespace):
        raise UsageError(f"{flags.namespace!r} is no name that a namespace can have")
    paths = kubeconfig_paths(flags, environ)
    config = merged_config(paths, required=flags.kubeconfig is not None)
    if not config["contexts"] and not config["clusters"] and flags.server is None:
        in_cluster = _in_cluster(environ, flags)
        if in_cluster is not None:
            return in_cluster
        there = [str(path) for path in paths if path.exists()]
        if there:
            raise ConfigurationError(f"no cluster to talk to: there is none in {' or '.join(there)}", _ANOTHER_FILE)
        raise ConfigurationError(
            f"no cluster to talk to: no kubeconfig at {' or '.join(map(str, paths))}",
            "set KUBECONFIG or pass --kubeconfig; `kubectl mc demo status` needs no cluster at all",
        )
    context_name = flags.context or str(config["current-context"])
    context: Mapping[str, Any] = {}
    if context_name:
        context = _named(config, "contexts", context_name, "context")
    elif flags.server is None and flags.cluster is None:
        raise ConfigurationError(
            "the kubeconfig has no current context", _known(config, "contexts", "pass --context, one of")
        )
    cluster_name = flags.cluster or str(context.get("cluster") or "")
    user_name = flags.user or str(context.get("user") or "")
    cluster = dict(_named(config, "clusters", cluster_name, "cluster")) if cluster_name else {}
    user = dict(_named(config, "users", user_name, "user")) if user_name else {}
    _apply_flags(cluster, user, flags)
    if not cluster.get("server"):
        raise ConfigurationError(f"cluster {cluster_name!r} of the kubeconfig has no server", "pass --server")
    return Access(
        cluster=cluster,
        user=user,
        namespace=flags.namespace or str(context.get("namespace") or "default"),
        impersonation=_impersonation(user, flags),
        context=context_name,
        reach=flags.as_arguments(),
    )


def kubeconfig_paths(flags: ConnectionFlags, environ: Mapping[str, str]) -> list[Path]:
    """The files to read, first one first: `--kubeconfig`, else the list KUBECONFIG, else `~/.kube/config`."""
    if flags.kubeconfig is not None:
        return [Path(flags.kubeconfig).expanduser()]
    listed = [Path(path) for path in environ.get("KUBECONFIG", "").split(os.pathsep) if path]
    return listed or [Path(environ.get("HOME", "~")).expanduser() / ".kube" / "config"]


def merged_config(paths: list[Path], *, required: bool = False) -> dict[str, Any]:
    """One config of all files: `contexts`, `clusters` and `users` by name, and `current-context`."""
    merged: dict[str, Any] = {"contexts": {}, "clusters": {}, "users": {}, "current-context": ""}
    for path in paths:
        document = _read(path, required=required)
        for section in ("contexts", "clusters", "users"):
            for name, entry in _entries(document, section, path):
                merged[section].setdefault(name, entry)
        merged["current-context"] = merged["current-context"] or document.get("current-context") or ""
    return merged


def _read(path: Path, *, required: bool) -> Mapping[str, Any]:
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            raise ConfigurationError(f"no kubeconfig at {path}", "check --kubeconfig") from None
        return {}
    except UnicodeDecodeError:
        raise _unusable(path, " is not text") from None
    except OSError as error:
        raise ConfigurationError(
            f"kubeconfig {path} cannot be read: {error.strerror}", "it has to be a file that you may read"
        ) from None
    import yaml

    try:
        # libyaml reads a kubeconfig of a hundred contexts 8 times as fast, where it was built in.
        document = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.reader.ReaderError:
        raise _unusable(path, " is not text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise _unusable(path, f" is not valid YAML{place}: {getattr(error, 'problem', error)}") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise _unusable(path, " is no kubeconfig: a mapping was expected at its top")
    if document.get("kind") not in (None, "", "Config"):
        raise _unusable(path, f" is no kubeconfig: it is a {document['kind']}")
    return document


def _unusable(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(f"kubeconfig {path}{why}", _ANOTHER_FILE)


def file_content(entry: Mapping[str, Any], key: str) -> bytes | None:
    """What is in the file that an entry of `Access` names under `key`; None when it names none.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    if not entry.get(key):
        return None
    try:
        return Path(str(entry[key])).read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigurationError(
            f"{key} {entry[key]} cannot be read: {why}", f"check {key} in the kubeconfig or the flag of that name"
        ) from None


def _entries(document: Mapping[str, Any], section: str, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = document.get(section) or []
    if not isinstance(listed, list):
        raise _unusable(path, f": `{section}` is no list")
    for item in listed:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            raise _unusable(path, f": an entry of `{section}` has no name")
        entry = item.get(section[:-1]) or {}
        if not isinstance(entry, dict):
            raise _unusable(path, f": entry {item['name']!r} of `{section}` is no mapping")
        absolute = {
            key: str(path.absolute().parent / str(entry[key])) for key in _PATHS.get(section, ()) if entry.get(key)
        }
        yield item["name"], {**entry, **absolute, **_absolute_plugin(entry, path)}


def _absolute_plugin(entry: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """An exec plugin's command with a slash in it counts from the kubeconfig; a bare name is looked up on PATH."""
    plugin = entry.get("exec")
    if not isinstance(plugin, dict) or "/" not in str(plugin.get("command", "")):
        return {}
    return {"exec": {**plugin, "command": str(path.absolute().parent / str(plugin["command"]))}}


def _named(config: Mapping[str, Any], section: str, name: str, what: str) -> Mapping[str, Any]:
    try:
        entry: Mapping[str, Any] = config[section][name]
    except KeyError:
        raise ConfigurationError(f"no {what} {name!r} in the kubeconfig", _known(config, section, "it has")) from None
    return entry


def _known(config: Mapping[str, Any], section: str, lead: str) -> str:
    names = sorted(config[section])
    return f"{lead}: {', '.join(names)}" if names else f"it has no {section}"


def _apply_flags(cluster: dict[str, Any], user: dict[str, Any], flags: ConnectionFlags) -> None:
    if flags.server is not None:
        cluster["server"] = flags.server
        # As with kubectl: the name in the kubeconfig is that of the server in the kubeconfig.
        cluster.pop("tls-server-name", None)
    if flags.certificate_authority is not None:
        cluster["certificate-authority"] = flags.certificate_authority
        cluster.pop("certificate-authority-data", None)
    if flags.tls_server_name is not None:
        cluster["tls-server-name"] = flags.tls_server_name
    if flags.insecure_skip_tls_verify:
        cluster["insecure-skip-tls-verify"] = True
    for key, value in (("client-certificate", flags.client_certificate), ("client-key", flags.client_key)):
        if value is not None:
            user[key] = value
            user.pop(f"{key}-data", None)
    if flags.token is not None:
        for key in ("tokenFile", "exec", "auth-provider", "username", "password"):
            user.pop(key, None)
        user["token"] = flags.token
    if cluster.get("server"):
        cluster["server"] = _with_scheme(str(cluster["server"]), cluster, user)


def _with_scheme(server: str, cluster: Mapping[str, Any], user: Mapping[str, Any]) -> str:
    """Source: client-go `rest/url_utils.go`: a bare host is https as soon as anything of TLS is configured."""
    if "://" in server:
        return server
    if not _BARE_SERVER.fullmatch(server):
        raise ConfigurationError(f"{server!r} is not the URL of a server", "check --server or the kubeconfig")
    authority, certificate = "certificate-authority", "client-certificate"
    entries = [cluster.get(key) for key in (authority, f"{authority}-data", "insecure-skip-tls-verify")]
    entries += [user.get(key) for key in (certificate, f"{certificate}-data")]
    return f"{'https' if any(entries) else 'http'}://{server}"


def _impersonation(user: Mapping[str, Any], flags: ConnectionFlags) -> Impersonation:
    """Flags win one by one over the kubeconfig's `as`, `as-groups`, `as-uid` and `as-user-extra`."""
    as_user = flags.as_ or str(user.get("as") or "")
    groups = flags.as_group or _texts(user.get("as-groups"), "as-groups")
    uid = flags.as_uid or str(user.get("as-uid") or "")
    if not as_user and (groups or uid):
        raise ConfigurationError("groups or a uid to act as need a user as well", "add --as USER")
    extra = user.get("as-user-extra") or {}
    if not isinstance(extra, dict):
        raise ConfigurationError("as-user-extra in the kubeconfig is no mapping")
    return Impersonation(as_user, groups, uid, {str(key): _texts(extra[key], "as-user-extra") for key in extra})


def _texts(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | None):
        raise ConfigurationError(f"{key} in the kubeconfig is no list")
    return tuple(map(str, value or ()))


def _in_cluster(environ: Mapping[str, str], flags: ConnectionFlags) -> Access | None:
    """The service account of the pod that this runs in; None outside of one."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST"), environ.get("KUBERNETES_SERVICE_PORT")
    token = _SERVICE_ACCOUNT / "token"
    if not host or not port or not token.exists():
        return None
    namespace_file = _SERVICE_ACCOUNT / "namespace"
    own_namespace = namespace_file.read_text().strip() if namespace_file.exists() else "default"
    cluster: dict[str, Any] = {
        "server": f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}",
        "certificate-authority": str(_SERVICE_ACCOUNT / "ca.crt"),
    }
    user: dict[str, Any] = {"tokenFile": str(token)}
    _apply_flags(cluster, user, flags)
    return Access(
        cluster, user, flags.namespace or own_namespace, _impersonation(user, flags), reach=flags.as_arguments()
    )
