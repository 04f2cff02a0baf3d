"""The options that several commands share, annotated once, and the connection flags that all of them take."""

from typing import Annotated, Any

import typer

from kubectl_mc.errors import UsageError
from kubectl_mc.model.times import parse_duration

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TARGET]...", help="POD, TYPE/NAME or TYPE NAME; a workload means all its pods.", show_default=False
    ),
]
Target = Annotated[
    list[str],
    typer.Argument(
        metavar="TARGET", help="POD, TYPE/NAME or TYPE NAME; of a workload its best pod.", show_default=False
    ),
]
AllNamespaces = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Pods of all namespaces.")]
Selector = Annotated[
    str, typer.Option("--selector", "-l", metavar="SELECTOR", help="Pods with these labels: app=web,tier!=db.")
]
FieldSelector = Annotated[
    str, typer.Option("--field-selector", metavar="SELECTOR", help="Pods with these fields: status.phase=Pending.")
]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Go on showing what changes, until Ctrl-C.")]
NoHeaders = Annotated[bool, typer.Option("--no-headers", help="No line of column titles.")]


def seconds(text: str) -> float:
    """A duration as kubectl's flags take it, in seconds: `300ms`, `5s`, `2m`, `1h30m`, `2d`, or a number of seconds.

    Raises:
        UsageError: it is none.
    """
    found = parse_duration(text)
    if found is None:
        raise UsageError(f"{text!r} is no duration", "for example 30s, 5m, 1h30m or 2d")
    return found


def connection(
    namespace: Annotated[
        str | None, typer.Option("--namespace", "-n", metavar="NAME", help="The namespace to look in.")
    ] = None,
    context: Annotated[
        str | None, typer.Option("--context", metavar="NAME", help="The kubeconfig's context to use.")
    ] = None,
    kubeconfig: Annotated[
        str | None, typer.Option("--kubeconfig", metavar="FILE", help="The kubeconfig to use.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="NAME", help="The kubeconfig's cluster to use.")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", metavar="NAME", help="The kubeconfig's user to use.")] = None,
    server: Annotated[
        str | None, typer.Option("--server", "-s", metavar="URL", help="The API server's address.")
    ] = None,
    token: Annotated[
        str | None, typer.Option("--token", metavar="TOKEN", help="Bearer token to authenticate with.")
    ] = None,
    as_: Annotated[str | None, typer.Option("--as", metavar="USER", help="User to act as.")] = None,
    as_group: Annotated[
        list[str] | None, typer.Option("--as-group", metavar="GROUP", help="Group to act as; repeatable.")
    ] = None,
    as_uid: Annotated[str | None, typer.Option("--as-uid", metavar="UID", help="Uid to act as.")] = None,
    certificate_authority: Annotated[
        str | None, typer.Option("--certificate-authority", metavar="FILE", help="Certificates to trust the server by.")
    ] = None,
    client_certificate: Annotated[
        str | None, typer.Option("--client-certificate", metavar="FILE", help="Certificate to authenticate with.")
    ] = None,
    client_key: Annotated[
        str | None, typer.Option("--client-key", metavar="FILE", help="The certificate's key.")
    ] = None,
    tls_server_name: Annotated[
        str | None,
        typer.Option("--tls-server-name", metavar="NAME", help="Name to expect in the server's certificate."),
    ] = None,
    insecure_skip_tls_verify: Annotated[
        bool, typer.Option("--insecure-skip-tls-verify", help="Don't verify the server's certificate.")
    ] = False,
    request_timeout: Annotated[
        str | None, typer.Option("--request-timeout", metavar="TIME", help="Bound for one request: 5s; 0 for none.")
    ] = None,
    color: Annotated[
        str | None, typer.Option("--color", metavar="auto|always|never", help="Colours; auto: on a terminal.")
    ] = None,
) -> None:
    """The flags that every command takes, before and after its name. The function is only their declaration."""


def kept(name: str, value: Any) -> tuple[str, Any]:
    """A connection flag's value as `ConnectionFlags` and `Session` hold it.

    Raises:
        UsageError: the value cannot be right.
    """
    if name == "request_timeout":
        return name, seconds(value)
    if name == "as_group":
        return name, tuple(value)
    if name == "color" and value not in ("auto", "always", "never"):
        raise UsageError(f"--color {value}: no such choice", "auto, always or never")
    return name, value
