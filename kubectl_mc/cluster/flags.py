"""kubectl's connection flags, as given on the command line."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class ConnectionFlags:
    """What the user said about where to connect and as whom; None is what was not said.

    Field names are the flags' with underscores: `as_` is `--as`, since `as` is a word of Python.
    """

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str | None = None
    user: str | None = None
    namespace: str | None = None
    server: str | None = None
    token: str | None = None
    as_: str | None = None
    as_group: tuple[str, ...] = ()
    as_uid: str | None = None
    certificate_authority: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    tls_server_name: str | None = None
    insecure_skip_tls_verify: bool = False
    request_timeout: float | None = None
    """Seconds for one request; None leaves the defaults, 0 waits for ever."""

    def as_arguments(self) -> list[str]:
        """The flags again as words of a command line, for a next command that reaches the same object.

        Only what is needed to find the cluster as the same user. A token would end on a screen: a placeholder stands
        for it, with which the command fails instead of asking as somebody else.
        """
        words: list[str] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if not value or field.name in ("namespace", "request_timeout"):
                continue
            if field.name == "token":
                value = "TOKEN"
            flag = "--" + field.name.strip("_").replace("_", "-")
            for item in value if isinstance(value, tuple) else (value,):
                words += [flag] if item is True else [flag, str(item)]
        return words
