"""Images that can't be had, told apart by what registries, runtimes and the kubelet say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.evidence import event_line, spec_line, state_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, kubectl, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import brief, listed
from kubectl_mc.model.event import Event
from kubectl_mc.model.fact import IMAGE_REASONS
from kubectl_mc.model.health import ORDINARY_WAITS
from kubectl_mc.model.pod import Container
from kubectl_mc.model.times import human_duration, seconds_between

_SECRET_TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")

_SLOW_SECONDS = 120
"""How long a pull may take before it is worth a word."""

_BACK_OFF = re.compile(r'^Back-off pulling image "[^"]*"(?:: (?:\w+: )?)?')
_QUOTED = re.compile(r'"[^"]*"')
_LAYERS = re.compile(
    r'^Failed to pull image "[^"]*": |rpc error: code = \w+ desc = |^Error response from daemon: '
    r'|failed to pull and unpack image "[^"]*": |failed to resolve reference "[^"]*": '
)


@dataclass(frozen=True, slots=True)
class _Sort:
    """One way in which a pull fails."""

    id: str
    form: re.Pattern[str]
    words: str
    """What it comes to; the image goes into it."""
    likely: bool = False
    """Whether the registry's words leave it open."""


def _sort(id_: str, form: str, words: str, *, likely: bool = False) -> _Sort:
    return _Sort(id_, re.compile(form, re.IGNORECASE), words, likely)


_SORTS = (
    _sort(
        "image-invalid-name",
        r"invalidimagename|couldn't parse image name|invalid reference format|failed to parse image",
        "the image name {image} can't be one",
    ),
    _sort(
        "image-pull-failed",
        r"toomanyrequests|too many requests|rate limit|429",
        "the registry of {image} takes no more pulls for now: a rate limit",
    ),
    _sort(
        "image-wrong-architecture",
        r"no match for platform|no matching manifest|no image found in (?:manifest list|image index)"
        r"|architecture mismatch|does not match the specified platform",
        "{image} isn't made for the architecture of node {node}",
    ),
    _sort(
        "image-pull-failed",
        r"x509|\btls\b|certificate|server gave HTTP response to HTTPS client",
        "the node doesn't trust the connection to the registry of {image}",
    ),
    _sort(
        "image-pull-failed",
        r"no such host|server misbehaving|temporary failure in name resolution|lookup \S+.*: i/o timeout",
        "the node can't find the registry of {image} by its name",
    ),
    _sort("image-pull-failed", r"no space left on device|disk quota", "the node has no room for {image}"),
    _sort(
        "image-unauthorized",
        r"no basic auth credentials|\b40[13]\b",
        "the registry doesn't let the node have {image}",
    ),
    _sort(
        "image-not-found",
        r"repository does not exist or may require|requested access to the resource is denied",
        "the registry gives {image} to nobody without credentials: the name is wrong, or it is private",
        likely=True,
    ),
    _sort(
        "image-unauthorized",
        r"unauthorized|forbidden|authentication required|authorization failed|denied"
        r"|insufficient_scope",
        "the registry doesn't let the node have {image}",
    ),
    _sort(
        "image-not-found",
        r"not found|manifest unknown|name unknown|repository name not known|\b404\b|does not exist|notfound",
        "the registry has no {image}",
    ),
    _sort(
        "image-pull-failed",
        r"connection refused|i/o timeout|deadline exceeded|no route to host|network is unreachable|connection reset"
        r"|registryunavailable|\bEOF\b|\b50[0-9]\b",
        "the node can't reach the registry of {image}",
    ),
    _sort("image-pull-failed", r"signature", "the signature of {image} isn't accepted"),
)
"""The first that fits is it: the more exact ones come first."""


def image_missing(case: Case, container: Container) -> Finding | None:
    """The container's image can't be had."""
    state = container.state
    if not state.waiting or state.reason not in IMAGE_REASONS:
        return None
    image = container.spec.image
    said, event = _said(case, container)
    evidence = (
        state_line(container),
        *([event_line(event, case.now)] if event is not None and said not in state.message else []),
        spec_line(f"{container.spec.at}.image", image),
    )
    at = f"{container.spec.at}.image"
    if state.reason == "ErrImageNeverPull":
        return Finding(
            "image-pull-failed",
            f"{container.name} can't be created: node {case.pod.node} doesn't have {image}, "
            "and imagePullPolicy Never forbids to pull it",
            evidence=(*evidence, f"{container.spec.at}.imagePullPolicy: {container.spec.pull_policy}"),
            next=edit(case.pod, image=True) or (mc("events", case.pod.name),),
            at=f"{container.spec.at}.imagePullPolicy",
        )
    # What is quoted are names and addresses: `tls-proxy:404` says nothing about the pull.
    plain = f"{state.reason}: {_QUOTED.sub('', said)}"
    sort = next((sort for sort in _SORTS if sort.form.search(plain)), None)
    id_ = sort.id if sort is not None else "image-pull-failed"
    likely = sort is None or sort.likely
    what = sort.words.format(image=image, node=case.pod.node) if sort is not None else f"{image} can't be pulled"
    faults = list(_secret_faults(case))
    if id_ == "image-not-found" and likely and case.pod.shared.pull_secrets:
        id_ = "image-unauthorized"  # somebody has reckoned with a private one
    blamed = ""
    if faults and id_ == "image-unauthorized":
        what, blamed, likely = f"the registry doesn't let the node have {image}", f": {listed(faults)}", False
    detail = "" if blamed or not said else f" ({brief(said)})"
    return Finding(
        id_,
        f"{container.name} can't be created: {what}{blamed}{detail}",
        certainty=Certainty.LIKELY if likely else Certainty.OBSERVED,
        evidence=(
            *evidence,
            *faults,
            *(spec_line("spec.imagePullSecrets", name) for name in case.pod.shared.pull_secrets),
        ),
        next=tuple(_steps(case, id_, faults)),
        at=at,
    )


def image_pull_slow(case: Case, container: Container) -> Finding | None:
    """Its image has been on its way for long."""
    if not container.state.waiting or container.state.reason not in ORDINARY_WAITS:
        return None
    began = case.event("Pulling", container=container)
    pulling = seconds_between(began.last_seen if began is not None else None, case.now)
    if began is None or pulling is None or pulling < _SLOW_SECONDS:
        return None
    since = case.event("Pulled", "Failed", "BackOff", "Created", container=container)
    if since is not None and (since.last_seen or case.now) >= (began.last_seen or case.now):
        return None
    return Finding(
        "image-pull-slow",
        f"node {case.pod.node} has been pulling {container.spec.image} for {human_duration(pulling)}, "
        f"and {container.name} waits for it",
        Grade.WARNING,
        evidence=(
            state_line(container),
            event_line(began, case.now),
            spec_line(f"{container.spec.at}.image", container.spec.image),
        ),
        next=(kubectl("describe", "node", case.pod.node, namespaced=False),),
        at=f"{container.spec.at}.image",
    )


def _said(case: Case, container: Container) -> tuple[str, Event | None]:
    """The newest words that say more than that the kubelet backs off, and the event that has them."""
    own = _BACK_OFF.sub("", container.state.message.strip())
    event = next(
        (
            event
            for event in case.events_of("Failed", "InspectFailed", container=container)
            if not event.message.startswith("Error: ")
        ),
        None,
    )
    said = own or (event.message if event is not None else "")
    return _LAYERS.sub("", said), event


def _secret_faults(case: Case) -> Iterator[str]:
    """What is wrong with the pull secrets that the pod names."""
    for name in case.pod.shared.pull_secrets:
        known = case.known("Secret", name)
        if known.missing:
            yield f"the pull secret {name} doesn't exist"
        elif known.there and known.type not in _SECRET_TYPES:
            yield f"the pull secret {name} is of type {known.type or 'Opaque'}, not {_SECRET_TYPES[0]}"
    if event := case.event("FailedToRetrieveImagePullSecret"):
        named = re.search(r"\(([^)]*)\)", event.message)
        for name in re.split(r"[,\s]+", named[1]) if named else ():
            known = case.known("Secret", name)
            if not known.there and not known.missing:
                yield f"the kubelet can't read the pull secret {name}"


def _steps(case: Case, id_: str, faults: list[str]) -> Iterator[Step]:
    pod = case.pod
    if id_ == "image-unauthorized":
        if faults or not pod.shared.pull_secrets:
            yield kubectl("get", "secrets", "--field-selector", f"type={_SECRET_TYPES[0]}")
        account = pod.shared.service_account or "default"
        yield kubectl("get", "serviceaccount", account, "-o", "yaml")
    elif id_ == "image-wrong-architecture":
        yield kubectl("get", "node", pod.node, "-L", "kubernetes.io/arch", namespaced=False)
        yield from edit(pod, image=True)
    elif id_ == "image-pull-failed":
        yield kubectl("describe", "node", pod.node, namespaced=False)
    else:
        yield from edit(pod, image=True)
