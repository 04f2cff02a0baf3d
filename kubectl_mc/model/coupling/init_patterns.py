"""What an init container is for: to wait, clone, migrate, configure, give permissions, or something else."""

import re

from kubectl_mc.model.coupling.known import Kind, kind_of_name, known_image
from kubectl_mc.model.coupling.paths import Sure
from kubectl_mc.model.coupling.sharing import SharedVolume
from kubectl_mc.model.coupling.words import Command, main_commands, script_of
from kubectl_mc.model.spec import ContainerSpec

_FETCHES = frozenset({"curl", "wget", "gsutil", "aws", "azcopy", "mc", "rclone", "vault", "s3cmd", "kubectl"})
_PERMITS = ("chown", "chgrp", "setfacl", "chmod")
_COPIES = frozenset({"cp", "mv", "envsubst", "install", "rsync", "tar", "unzip", "tee", "ln", "confd", "gomplate"})
_ASKS = (
    "nslookup", "nc", "ncat", "getent", "dig", "host", "pg_isready", "redis-cli", "mysqladmin", "curl", "wget", "ping",
    "grpc_health_probe", "kubectl", "test", "[", "ls", "stat", "mysql", "psql", "mongo", "mongosh", "rabbitmqctl",
)  # fmt: skip
_LOOP = re.compile(r"\b(until|while)\b\s+(?P<test>.{1,400}?)\s*(;|\n)\s*do\b", re.DOTALL)
_WAITS = re.compile(r"wait[-_]for\S*|\bkubectl (wait|rollout status)\b|\bdockerize\b.*-wait\b")
_MIGRATES = re.compile(
    r"\b(alembic|flyway|liquibase|goose|dbmate|knex|sqitch)\b|\bmigrate\b|\bdb:(migrate|prepare|setup)\b|\bmigrations?:run\b"
)
_BY_IMAGE = {
    Kind.MIGRATE: Kind.MIGRATE, Kind.WAIT: Kind.WAIT, Kind.CLONE: Kind.CLONE, Kind.SYNC: Kind.CLONE,
    Kind.NETWORK: Kind.NETWORK, Kind.SECRETS: Kind.SECRETS, Kind.RELOAD: Kind.CONFIGURE,
}  # fmt: skip
"""What an image does as an init container."""
_FOR_NAMES = (
    (r"(.*-)?wait(-.*|ing.*)?", Kind.WAIT),
    (r"(.*-)?clone(-.*|r)?|git-.*", Kind.CLONE),
    (r"(.*-)?(migrat(e|or|ions?)|schema)(-.*)?", Kind.MIGRATE),
    (r"(.*-)?(perm(s|issions)?|chown|chmod|fix-?perms?)(-.*)?", Kind.PERMISSIONS),
    (r"(.*-)?(config(ure|urator)?|template|render|download|fetch)(er)?(-.*)?", Kind.CONFIGURE),
)


def init_kind(spec: ContainerSpec, volumes: tuple[SharedVolume, ...]) -> tuple[Kind, str]:
    """The kind of an init container, and what says so."""
    named, image = kind_of_name(spec.name), known_image(spec.image)
    if named in (Kind.NETWORK, Kind.SECRETS):
        return named, f"named {spec.name}"
    run, script = main_commands(spec), script_of(spec)
    programs = {command.program: command for command in run}
    if "git" in programs and "clone" in programs["git"].arguments:
        return Kind.CLONE, programs["git"].text
    if found := _MIGRATES.search(script):
        return Kind.MIGRATE, f"runs {_command_with(run, found[0])}"
    if waits := _waits(script):
        return Kind.WAIT, waits
    written = [
        use for volume in volumes for use in volume.uses if use.container == spec.name and use.writes is Sure.SAID
    ]
    fetching = next((programs[name] for name in programs if name in _FETCHES), None)
    if fetching is not None and written:
        return Kind.CONFIGURE, _short(written[0].said)
    if permits := next((programs[name] for name in _PERMITS if name in programs), None):
        return Kind.PERMISSIONS, _short(permits.text)
    if written and (any(name in _COPIES for name in programs) or any(command.outputs for command in run)):
        return Kind.CONFIGURE, _short(written[0].said)
    if image is not None and image.kind in _BY_IMAGE:
        return _BY_IMAGE[image.kind], f"image {spec.image}"
    for pattern, kind in _FOR_NAMES:
        if re.fullmatch(pattern, spec.name.lower()):
            return kind, f"named {spec.name}"
    return Kind.OTHER, _other(spec, run)


def _waits(script: str) -> str:
    """The loop or the command by which a script waits for something; empty for one that doesn't."""
    for loop in _LOOP.finditer(script):
        test = " ".join(loop["test"].split())
        words = re.split(r"[\s;&|!]+", test)
        if any(word.rpartition("/")[2] in _ASKS for word in words):
            return _short(f"{loop[1]} {test}")
    found = _WAITS.search(script)
    return f"runs {_short(found[0])}" if found else ""


def _command_with(run: tuple[Command, ...], text: str) -> str:
    command = next((command for command in run if text in command.text), None)
    return _short(text if command is None else _before_secrets(command))


def _before_secrets(command: Command) -> str:
    """A command without the arguments that may carry an address with a password."""
    return " ".join(word for word in command.words if "://" not in word and "$(" not in word)


def _other(spec: ContainerSpec, run: tuple[Command, ...]) -> str:
    if run:
        return f"runs {_short(_before_secrets(run[0]) or run[0].program)}"
    return f"runs what image {spec.image} does by itself"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 70 else f"{text[:67].rstrip()}..."
