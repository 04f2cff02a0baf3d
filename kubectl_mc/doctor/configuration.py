"""What the kubelet needs to make a container's configuration, and doesn't find."""

import difflib
import re

from kubectl_mc.doctor.case import Case, Known
from kubectl_mc.doctor.evidence import spec_line, state_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, kubectl, mc
from kubectl_mc.doctor.objects import KINDS, look, not_found
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import brief, listed
from kubectl_mc.model.pod import Container
from kubectl_mc.model.spec import Reference

_CONFIG_REASONS = ("CreateContainerConfigError", "CreateContainerError")

_NO_KEY = re.compile(r"couldn't find key (\S+) in (ConfigMap|Secret) [^/\s]+/(\S+)", re.IGNORECASE)
_ROOT = re.compile(r"image will run as root|breaks non-root policy|cannot verify user is non-root")
_IDS = {"ConfigMap": "config-missing", "Secret": "secret-missing"}


def object_missing(case: Case, container: Container) -> Finding | None:
    """A ConfigMap or a Secret that its environment comes from, or a key of one, isn't there."""
    message = container.state.message
    if not container.state.waiting or container.state.reason not in _CONFIG_REASONS:
        return None
    if no_key := _NO_KEY.search(message):
        return _finding(case, container, KINDS[no_key[2].lower()], no_key[3], no_key[1])
    return next((_finding(case, container, kind, name, "") for kind, name in not_found(message)), None)


def run_as_non_root(case: Case, container: Container) -> Finding | None:
    """The image would run as root, and the pod forbids it."""
    state = container.state
    if not state.waiting or not _ROOT.search(state.message):
        return None
    own, shared = container.spec.security, case.pod.shared.security
    forbids = f"{container.spec.at}.securityContext" if own.non_root is not None else "spec.securityContext"
    user = own.user if own.user is not None else shared.user
    named = re.search(r"non-numeric user \(([^)]+)\)", state.message)
    if user == 0:
        where = f"{container.spec.at}.securityContext" if own.user is not None else "spec.securityContext"
        at, why = f"{where}.runAsUser", "runAsUser is 0, which is root"
    elif named is not None:
        at = f"{container.spec.at}.securityContext.runAsUser"
        why = f"its image's user is the name {named[1]}, which may be root: only a number would show that it isn't"
    else:
        at, why = (
            f"{container.spec.at}.securityContext.runAsUser",
            "its image runs as root and no runAsUser says otherwise",
        )
    return Finding(
        "run-as-non-root",
        f"{container.name} can't be created: it must not run as root (runAsNonRoot), and {why}",
        evidence=(
            state_line(container),
            spec_line(f"{forbids}.runAsNonRoot", "true"),
            spec_line(at, "not set" if user is None else str(user)),
            spec_line(f"{container.spec.at}.image", container.spec.image),
        ),
        next=edit(case.pod) or (kubectl("get", "pod", case.pod.name, "-o", "yaml"),),
        at=at,
    )


def config_error(case: Case, container: Container) -> Finding | None:
    """Anything else in its configuration that the kubelet stumbles over."""
    state = container.state
    if not state.waiting or state.reason != "CreateContainerConfigError":
        return None
    return Finding(
        "start-error",
        f"{container.name} can't be created: {brief(state.message) or state.reason}",
        evidence=(state_line(container),),
        next=(mc("events", case.pod.name),),
    )


def _finding(case: Case, container: Container, kind: str, name: str, key: str) -> Finding:
    known = case.known(kind, name)
    users = _users(container, kind, name, key)
    back = known.there and (not key or key in known.keys)
    missing_key = bool(key) and not known.missing
    what = f"{kind} {name} has no key {key}{_instead(known, key)}" if missing_key else f"{kind} {name} doesn't exist"
    if back:
        what = f"{kind} {name} had no key {key} a moment ago" if key else f"{kind} {name} did not exist a moment ago"
    confirmed = known.missing or (missing_key and known.there and not back)
    return Finding(
        "config-key-missing" if missing_key else _IDS[kind],
        f"{what}; {container.name} {_needs(users)}, so it can't be created",
        Grade.WARNING if back else Grade.ERROR,
        Certainty.OBSERVED if confirmed else Certainty.LIKELY,
        evidence=(
            state_line(container),
            *([f"{kind} {name}: not found in namespace {case.pod.namespace}"] if known.missing else []),
            *([f"{kind} {name}: there, with {listed(sorted(known.keys)) or 'no keys'}"] if known.there else []),
            *(spec_line(use.at, f"{name}{f', key {use.key}' if use.key else ''}") for _, use in users),
        ),
        next=(look(kind, name, there=known.there),),
        at=users[0][1].at if users else "",
    )


def _users(container: Container, kind: str, name: str, key: str) -> list[tuple[str, Reference]]:
    """The variables that come from there, each with its reference; "" for a whole object that becomes variables."""
    single = [(v.name, v.source) for v in container.spec.variables if v.source is not None]
    found = [*single, *(("", source) for source in container.spec.variables_from)]
    return [
        (variable, use)
        for variable, use in found
        if (use.kind, use.name) == (kind, name) and not use.optional and (not key or use.key == key)
    ]


def _needs(users: list[tuple[str, Reference]]) -> str:
    variables = [variable for variable, _ in users if variable]
    parts = [f"its variable{'s' if len(variables) > 1 else ''} {listed(variables)}"] if variables else []
    parts += ["its environment (envFrom)"] if len(variables) < len(users) else []
    return f"takes {listed(parts)} from it" if parts else "needs it"


def _instead(known: Known, key: str) -> str:
    """What may have been meant."""
    if not known.there:
        return ""
    if not known.keys:
        return ", nor any other"
    near = difflib.get_close_matches(key, known.keys, n=1, cutoff=0.5)
    return f" (is {near[0]} meant?)" if near else f" (it has {listed(sorted(known.keys))})"
