"""A pod's spec, read: totally, like all of the API's JSON."""

from collections.abc import Iterable, Iterator

from kubectl_mc.model.fields import Json, flag, labels, mapping, number, objects, optional_number, text, texts
from kubectl_mc.model.placement import parse_placement
from kubectl_mc.model.secrecy import masked_command, masked_text
from kubectl_mc.model.spec import (
    ContainerSpec,
    Hook,
    Mount,
    Port,
    Probe,
    Reference,
    Role,
    Security,
    Shared,
    Variable,
    Volume,
)

_REFERRING = {"configMap": "ConfigMap", "secret": "Secret"}
_NO_SECURITY = Security()


def parse_container(spec: Json, role: Role, path: str) -> ContainerSpec:
    """A container of a pod's spec.

    Args:
        role: init for what stands among the init containers; a native sidecar is told apart here.
        path: of the container in the pod's document, `spec.initContainers[0]`.
    """
    resources = mapping(spec, "resources")
    if role is Role.INIT and text(spec, "restartPolicy") == "Always":
        role = Role.SIDECAR
    return ContainerSpec(
        name=text(spec, "name"),
        role=role,
        image=text(spec, "image"),
        command=tuple(texts(spec, "command")),
        args=tuple(texts(spec, "args")),
        variables=tuple(_variables(spec, path)),
        variables_from=tuple(_variables_from(spec, path)),
        ports=tuple(
            Port(
                number(p, "containerPort"),
                text(p, "protocol") or "TCP",
                text(p, "name"),
                number(p, "hostPort"),
                f"{path}.ports[{index}]",
            )
            for index, p in enumerate(objects(spec, "ports"))
        ),
        probes=tuple(
            _probe(kind, probe, f"{path}.{kind}Probe")
            for kind in ("startup", "readiness", "liveness")
            if (probe := mapping(spec, f"{kind}Probe"))
        ),
        hooks=tuple(_hooks(mapping(spec, "lifecycle"), f"{path}.lifecycle")),
        requests=labels(resources, "requests"),
        limits=labels(resources, "limits"),
        mounts=tuple(
            Mount(
                text(m, "name"),
                text(m, "mountPath"),
                flag(m, "readOnly") is True,
                text(m, "subPath") or text(m, "subPathExpr"),
                f"{path}.volumeMounts[{index}]",
            )
            for index, m in enumerate(objects(spec, "volumeMounts"))
        ),
        security=parse_security(mapping(spec, "securityContext")),
        pull_policy=text(spec, "imagePullPolicy"),
        stdin=flag(spec, "stdin") is True,
        tty=flag(spec, "tty") is True,
        target=text(spec, "targetContainerName"),
        at=path,
    )


def parse_shared(spec: Json, pod: str) -> Shared:
    """What the containers of a pod's spec have in common.

    Args:
        pod: the pod's name, after which the claims of ephemeral volumes are called.
    """
    return Shared(
        volumes=tuple(
            _volume(volume, pod, f"spec.volumes[{index}]") for index, volume in enumerate(objects(spec, "volumes"))
        ),
        security=parse_security(mapping(spec, "securityContext")),
        processes=flag(spec, "shareProcessNamespace") is True,
        host_network=flag(spec, "hostNetwork") is True,
        host_processes=flag(spec, "hostPID") is True,
        grace=number(spec, "terminationGracePeriodSeconds", 30),
        service_account=text(spec, "serviceAccountName") or text(spec, "serviceAccount"),
        pull_secrets=tuple(name for secret in objects(spec, "imagePullSecrets") if (name := text(secret, "name"))),
        requests=labels(mapping(spec, "resources"), "requests"),
        overhead=labels(spec, "overhead"),
        placement=parse_placement(spec),
        deadline=number(spec, "activeDeadlineSeconds"),
    )


def parse_security(context: Json) -> Security:
    """A securityContext."""
    if not context:
        return _NO_SECURITY
    return Security(
        user=optional_number(context, "runAsUser"),
        group=optional_number(context, "runAsGroup"),
        fs_group=optional_number(context, "fsGroup"),
        non_root=flag(context, "runAsNonRoot"),
        read_only_root=flag(context, "readOnlyRootFilesystem") is True,
        privileged=flag(context, "privileged") is True,
    )


def _variables(spec: Json, path: str) -> Iterator[Variable]:
    for index, variable in enumerate(objects(spec, "env")):
        place = f"{path}.env[{index}]"
        origin = mapping(variable, "valueFrom")
        source = None
        for member, kind in _REFERRING.items():
            if key := mapping(origin, f"{member}KeyRef"):
                at = f"{place}.valueFrom.{member}KeyRef"
                source = Reference(kind, text(key, "name"), text(key, "key"), flag(key, "optional") is True, at)
        yield Variable(text(variable, "name"), text(variable, "value"), source, place)


def _variables_from(spec: Json, path: str) -> Iterator[Reference]:
    for index, source in enumerate(objects(spec, "envFrom")):
        for member, kind in _REFERRING.items():
            if whole := mapping(source, f"{member}Ref"):
                at = f"{path}.envFrom[{index}].{member}Ref"
                yield Reference(kind, text(whole, "name"), "", flag(whole, "optional") is True, at)


def _probe(kind: str, probe: Json, path: str) -> Probe:
    asked = mapping(probe, "httpGet") or mapping(probe, "tcpSocket") or mapping(probe, "grpc")
    return Probe(
        kind,
        _action(probe),
        number(probe, "periodSeconds", 10),
        number(probe, "failureThreshold", 3),
        number(probe, "initialDelaySeconds"),
        number(probe, "timeoutSeconds", 1),
        str(asked.get("port", "")),
        text(asked, "host"),
        tuple(texts(mapping(probe, "exec"), "command")),
        path,
    )


def _hooks(lifecycle: Json, path: str) -> Iterator[Hook]:
    for kind in ("postStart", "preStop"):
        if hook := mapping(lifecycle, kind):
            sleep = number(mapping(hook, "sleep"), "seconds")
            command = tuple(texts(mapping(hook, "exec"), "command"))
            yield Hook(kind, f"sleep {sleep}s" if sleep else _action(hook), sleep, command, f"{path}.{kind}")


def _action(probe: Json) -> str:
    """Worded as `kubectl describe` does (kubectl `pkg/describe` DescribeProbe), with secrets covered."""
    if http := mapping(probe, "httpGet"):
        scheme = (text(http, "scheme") or "HTTP").lower()
        return (
            f"http-get {scheme}://{text(http, 'host')}:{http.get('port', '')}{masked_text(text(http, 'path')) or '/'}"
        )
    if tcp := mapping(probe, "tcpSocket"):
        return f"tcp-socket {text(tcp, 'host')}:{tcp.get('port', '')}"
    if grpc := mapping(probe, "grpc"):
        return f"grpc :{grpc.get('port', '')} {text(grpc, 'service')}".rstrip()
    command = mapping(probe, "exec").get("command")
    return f"exec [{masked_command(map(str, command))}]" if isinstance(command, list) else "unknown"


def _volume(volume: Json, pod: str, path: str) -> Volume:
    name = text(volume, "name")
    kind = next((key for key in volume if key != "name"), "emptyDir")
    claim = text(mapping(volume, "persistentVolumeClaim"), "claimName")
    if kind == "ephemeral":
        claim = f"{pod}-{name}"
    return Volume(name, kind, tuple(_volume_references(volume, kind, path)), claim, path)


def _volume_references(volume: Json, kind: str, path: str) -> Iterable[Reference]:
    if kind == "projected":
        for index, source in enumerate(objects(mapping(volume, "projected"), "sources")):
            for member, of in _REFERRING.items():
                if part := mapping(source, member):
                    yield from _items(part, of, text(part, "name"), f"{path}.projected.sources[{index}].{member}")
    elif kind in _REFERRING:
        part = mapping(volume, kind)
        # A Secret volume names its object `secretName`, everything else `name`.
        yield from _items(part, _REFERRING[kind], text(part, "secretName") or text(part, "name"), f"{path}.{kind}")


def _items(part: Json, kind: str, name: str, path: str) -> Iterable[Reference]:
    optional = flag(part, "optional") is True
    items = objects(part, "items")
    if not items:
        yield Reference(kind, name, "", optional, path)
    for index, item in enumerate(items):
        yield Reference(kind, name, text(item, "key"), optional, f"{path}.items[{index}]")
