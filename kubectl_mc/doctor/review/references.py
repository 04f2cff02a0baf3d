"""What containers refer to: keys of ConfigMaps and Secrets, variables, and secrets that are written out instead."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from kubectl_mc.doctor.review.workload import Workload
from kubectl_mc.model.coupling.words import shell_script
from kubectl_mc.model.secrecy import named_words, written_out
from kubectl_mc.model.spec import ContainerSpec, Reference

_REFERENCE = re.compile(r"(\$\$)|\$\(([A-Za-z_][\w.-]*)\)")
_GIVEN = re.compile(r".*_SERVICE_(?:HOST|PORT).*|.*_PORT(?:_\d+_(?:TCP|UDP).*)?|KUBERNETES_.*")
"""Variables that the kubelet makes for Services."""


def config_key_missing(work: Workload) -> Iterator[Finding]:
    """A key that the ConfigMap or the Secret in these very files doesn't have."""
    for spec in work.specs:
        for reference in spec.references:
            yield from _missing(work, reference, spec.name)
    for volume in work.pod.shared.volumes:
        for reference in volume.references:
            yield from _missing(work, reference, "")
    for spec in work.specs:
        for mount in spec.mounts:
            whole = work.pod.shared.volume(mount.volume)
            if whole is None or whole.kind not in ("configMap", "secret") or not mount.sub_path:
                continue
            names = [(each.kind, each.name) for each in whole.references if not each.key]
            keys = work.around.keys.get(names[0]) if names else None
            if keys is not None and mount.sub_path.split("/")[0] not in keys:
                yield Finding(
                    "config-key-missing",
                    f"{spec.name} mounts {mount.sub_path} of {names[0][0]} {names[0][1]}, which has no such key: "
                    "it gets an "
                    "empty directory in its place",
                    container=spec.name,
                    evidence=(_keys(names[0][1], keys),),
                    at=f"{mount.at}.subPath",
                    instead=_nearest(mount.sub_path, keys, "subPath"),
                )


def variable_undefined(work: Workload) -> Iterator[Finding]:
    """`$(NAME)` is replaced only by what was defined before it; everything else stays as it is written."""
    for spec in work.specs:
        if spec.variables_from:
            continue  # what these bring is not known here
        names = [variable.name for variable in spec.variables]
        for number, variable in enumerate(spec.variables):
            if variable.source is None:
                yield from _undefined(spec, variable.value, names[:number], names, f"{variable.at}.value")
        for field in ("command", "args"):
            words = getattr(spec, field)
            script = shell_script(spec.words)
            for number, word in enumerate(words):
                if word != script:
                    yield from _undefined(spec, word, names, names, f"{spec.at}.{field}[{number}]")


def secret_in_env(work: Workload) -> Iterator[Finding]:
    """A secret in a manifest is in the repository, in `kubectl describe`, and in every process list."""
    for spec in work.specs:
        for variable in spec.variables:
            if variable.source is None and written_out(variable.name, variable.value):
                key = variable.name.lower().replace("_", "-")
                yield _secret(
                    spec,
                    f"{spec.name} has what looks like a secret written out in {variable.name}",
                    f"{variable.at}.value",
                    f"valueFrom:\n  secretKeyRef:\n    name: {work.name or 'app'}-secrets\n    key: {key}",
                )
        for field in ("command", "args"):
            for number, (_, name, value) in enumerate(named_words(getattr(spec, field))):
                if written_out(name, value):
                    yield _secret(
                        spec,
                        f"{spec.name} has what looks like a secret among its arguments",
                        f"{spec.at}.{field}[{number}]",
                        "$(NAME) here, and in env:\n- name: NAME\n  valueFrom:\n    secretKeyRef: ...",
                    )


def _secret(spec: ContainerSpec, summary: str, at: str, instead: str) -> Finding:
    return Finding(
        "secret-in-env",
        f"{summary}: it is in the repository, and everybody who may read pods may read it",
        grade=Grade.WARNING,
        certainty=Certainty.LIKELY,
        container=spec.name,
        at=at,
        instead=instead,
    )


def _missing(work: Workload, reference: Reference, container: str) -> Iterator[Finding]:
    keys = work.around.keys.get((reference.kind, reference.name))
    if keys is None or not reference.key or reference.optional or reference.key in keys:
        return
    who = container or "a volume"
    yield Finding(
        "config-key-missing",
        f"{who} needs the key {reference.key} of {reference.kind} {reference.name}, which has no such key: "
        f"{'the container' if container else 'the pod'} doesn't start",
        container=container,
        evidence=(_keys(reference.name, keys),),
        at=reference.at,
        instead=_nearest(reference.key, keys, "key"),
    )


def _keys(name: str, keys: frozenset[str]) -> str:
    return f"{name} has {', '.join(sorted(keys)) or 'no keys'}"


def _nearest(key: str, keys: frozenset[str], field: str) -> str:
    import difflib

    near = difflib.get_close_matches(key, keys, n=1)
    return f"{field}: {near[0]}" if near else f"{key} among the keys of the object"


def _undefined(spec: ContainerSpec, value: str, before: list[str], names: list[str], at: str) -> Iterator[Finding]:
    for match in _REFERENCE.finditer(value):
        name = match[2]
        if match[1] or name in before or (name not in names and _GIVEN.fullmatch(name)):
            continue
        late = name in names
        why = f"{name} is defined only after it" if late else f"{spec.name} has no variable {name}"
        yield Finding(
            "variable-undefined",
            f"$({name}) stays as it is written: {why}",
            grade=Grade.WARNING,
            container=spec.name,
            at=at,
            instead=f"{name} further up in env" if late else f"env:\n- name: {name}\n  value: ...",
        )
