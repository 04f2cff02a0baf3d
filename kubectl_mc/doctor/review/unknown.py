"""Fields that core/v1 doesn't have and that look like one that it has: what is written there has no effect."""

import difflib
from collections.abc import Iterable, Iterator

from kubectl_mc.doctor.finding import Finding
from kubectl_mc.doctor.review.workload import Workload
from kubectl_mc.model.fields import Json, mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CONTAINER = _words("""
    args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe resizePolicy
    resources restartPolicy restartPolicyRules securityContext startupProbe stdin stdinOnce terminationMessagePath
    terminationMessagePolicy tty volumeDevices volumeMounts workingDir
""")
_POD = _words("""
    activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy enableServiceLinks
    ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets
    initContainers nodeName nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates
    resourceClaims resources restartPolicy runtimeClassName schedulerName schedulingGates securityContext
    serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds
    tolerations topologySpreadConstraints volumes
""")
_PROBE = _words("""
    exec failureThreshold grpc httpGet initialDelaySeconds periodSeconds successThreshold tcpSocket
    terminationGracePeriodSeconds timeoutSeconds
""")
_ALIKE = 0.8
"""How much of a name has to be the same; a field that is like none may be one of a newer version."""


def unknown_field(work: Workload) -> Iterator[Finding]:
    """A probe or a limit under a name that nobody reads."""
    yield from _unknown(work.spec, _POD, "spec", "", elsewhere=_CONTAINER)
    for spec in work.specs:
        raw = work.raw(spec)
        yield from _unknown(raw, _CONTAINER, spec.at, spec.name, elsewhere=_POD)
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            yield from _unknown(mapping(raw, probe), _PROBE, f"{spec.at}.{probe}", spec.name)


def _unknown(
    given: Json, known: frozenset[str], at: str, container: str, elsewhere: Iterable[str] = ()
) -> Iterator[Finding]:
    of = f"of {container}" if container else "of the pod"
    for name in given:
        if name in known:
            continue
        if name in elsewhere:
            where = "of a container" if not container else "of the pod's spec"
            yield _finding(name, f"is a field {where}, not {of}, so that kubectl refuses it", at, container, where)
        elif near := difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE):
            said = f"is no field {of}, so that kubectl refuses it; there is {near[0]}"
            yield _finding(name, said, at, container, f"{near[0]}: ...")


def _finding(name: str, said: str, at: str, container: str, instead: str) -> Finding:
    instead = instead if instead.endswith("...") else f"{name} as a field {instead}"
    return Finding("unknown-field", f"{name} {said}", container=container, at=f"{at}.{name}", instead=instead)
