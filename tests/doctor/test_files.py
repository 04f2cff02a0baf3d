"""A file that may not be used is told with its volume, whose it is, and what would open it."""

from typing import Any

import pytest

from kubectl_mc.doctor.finding import Certainty, Finding
from tests.doctor.cases import case, primary
from tests.pods import Entry, Json, container, ended, pod, running, waiting

BACK_OFF = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container")
DATA = [{"name": "data", "mountPath": "/data"}]
SEED = container("seed", ended(0, "Completed"), volumeMounts=DATA, command=["sh", "-c", "mkdir /data/up"])
USER = {"runAsUser": 1000}


def webapp(code: int = 1, **spec: Any) -> Entry:
    return container("webapp", BACK_OFF, restarts=6, last=ended(code, "Error"), **{"volumeMounts": DATA, **spec})


def mounted(*apps: Entry, init: tuple[Entry, ...] = (SEED,), volume: Json | None = None, **security: Any) -> Json:
    document = pod(*apps, init=init)
    document["spec"]["volumes"] = [{"name": "data", **(volume or {"emptyDir": {}})}]
    if security:
        document["spec"]["securityContext"] = security
    return document


def judged(line: str, document: Json) -> Finding | None:
    return primary(case(document, logs={"webapp": ["starting", line]}))


@pytest.mark.parametrize(
    "line",
    [
        "touch: /data/up/.lock: Permission denied",
        "mkdir: cannot create directory ‘/data/up/.lock’: Permission denied",
        "PermissionError: [Errno 13] Permission denied: '/data/up/.lock'",
        "Error: EACCES: permission denied, open '/data/up/.lock'",
        "open /data/up/.lock: permission denied",
        "java.nio.file.AccessDeniedException: /data/up/.lock",
        '2026/03/01 12:00:00 [emerg] 1#1: mkdir() "/data/up/.lock" failed (13: Permission denied)',
        "/entrypoint.sh: line 4: /data/up/.lock: Permission denied",
    ],
)
def test_writer_and_reader_are_named_with_their_users(line: str) -> None:
    finding = judged(line, mounted(webapp(securityContext=USER)))

    assert finding is not None
    assert (finding.id, finding.container, finding.certainty) == ("volume-permission", "webapp", Certainty.OBSERVED)
    assert finding.summary == (
        "webapp may not use /data/up/.lock of volume data as uid 1000, where seed writes as its image's user, and ends "
        "with exit 1, 3s after its start, restarted 6 times: the pod has no fsGroup that would let them both"
    )
    assert "spec.initContainers[0].volumeMounts[0]: /data (seed)" in finding.evidence
    assert "spec.securityContext.fsGroup: not set" in finding.evidence


@pytest.mark.parametrize(
    ("volume", "security", "why"),
    [
        ({"emptyDir": {}}, {"fsGroup": 2000}, "although the pod's fsGroup is 2000, what seed makes isn't open"),
        ({"hostPath": {"path": "/srv"}}, {}, "a hostPath volume keeps its own owners"),
    ],
)
def test_what_an_fs_group_does_not_change(volume: Json, security: Json, why: str) -> None:
    document = mounted(webapp(securityContext=USER), volume=volume, **security)
    finding = judged("touch: /data/up/.lock: Permission denied", document)

    assert finding is not None
    assert why in finding.summary


def test_of_a_secret_its_mode_keeps_the_user_out() -> None:
    document = mounted(webapp(securityContext=USER), init=(), volume={"secret": {"secretName": "keys"}})
    finding = judged("open /data/tls.key: permission denied", document)

    assert finding is not None
    assert finding.id == "volume-permission"
    assert finding.summary.endswith("the files' defaultMode doesn't let that user")


def test_a_volume_that_nobody_else_has_and_a_file_of_the_image_are_likely() -> None:
    alone = judged("open /data/x: permission denied", mounted(webapp(securityContext=USER), init=()))
    image = judged("open /var/cache/x: permission denied", mounted(webapp(securityContext=USER)))

    assert alone is not None
    assert image is not None
    assert (alone.id, alone.certainty) == ("volume-permission", Certainty.LIKELY)
    assert (image.id, image.certainty) == ("volume-permission", Certainty.LIKELY)
    assert "no volume is mounted there, so its image gives it to another user" in image.summary


def test_other_sub_paths_of_a_volume_are_other_files() -> None:
    own = [{"name": "data", "mountPath": "/data", "subPath": "a"}]
    other = container("seed", ended(0), volumeMounts=[{"name": "data", "mountPath": "/data", "subPath": "b"}])
    finding = judged("open /data/x: permission denied", mounted(webapp(volumeMounts=own), init=(other,)))

    assert finding is not None
    assert "seed" not in finding.summary


def test_a_sibling_that_runs_can_be_asked_how_the_file_looks() -> None:
    side = container("side", running(), ready=True, started=True, volumeMounts=[{"name": "data", "mountPath": "/in"}])
    finding = judged("open /data/up/x: permission denied", mounted(webapp(securityContext=USER), side))

    assert finding is not None
    assert ("exec", "web", "-c", "side", "--", "ls", "-lan", "/in/up") in [step.words for step in finding.next]


def test_an_init_steps_trouble_is_told_with_its_place() -> None:
    step = container("fix", BACK_OFF, restarts=2, last=ended(1), volumeMounts=DATA, securityContext=USER)
    document = mounted(container("app", waiting("PodInitializing")), init=(SEED, step))
    finding = primary(case(document, logs={"fix": ["chown: /data/up: Operation not permitted"]}))

    assert finding is not None
    assert (finding.id, finding.container) == ("volume-permission", "fix")
    assert finding.summary.startswith("init step 2 of 2, fix, may not use /data/up of volume data as uid 1000")


@pytest.mark.parametrize(
    "line",
    [
        "token renewal failed: permission denied",
        "listen tcp :80: bind: permission denied",
        "GET https://api/v1/pods: permission denied",
        "sysctl: error setting key: /proc/sys/net/core: Operation not permitted",
        "read-only file system",
    ],
)
def test_other_refusals_are_no_files(line: str) -> None:
    finding = judged(line, mounted(webapp()))

    assert finding is not None
    assert finding.id == "crashloop"


READ_ONLY = [{"name": "data", "mountPath": "/data", "readOnly": True}]


def test_a_read_only_mount_is_told_with_who_has_it_writable() -> None:
    reader = container("reader", running(), ready=True, started=True, volumeMounts=DATA)
    document = mounted(webapp(volumeMounts=READ_ONLY), reader, init=())
    finding = judged("sh: can't create /data/out.txt: Read-only file system", document)

    assert finding is not None
    assert (finding.id, finding.container, finding.certainty) == ("volume-read-only", "webapp", Certainty.OBSERVED)
    assert finding.summary.startswith("webapp can't write /data/out.txt of volume data, since it mounts it read-only")
    assert finding.summary.endswith("reader has it writable")
    assert finding.at == "spec.containers[0].volumeMounts[0].readOnly"


def test_a_config_map_is_always_read_only() -> None:
    document = mounted(webapp(), init=(), volume={"configMap": {"name": "conf"}})
    finding = judged("OSError: [Errno 30] Read-only file system: '/data/app.conf'", document)

    assert finding is not None
    assert "since a ConfigMap is always read-only" in finding.summary


def test_a_read_only_root_wants_an_empty_dir() -> None:
    document = mounted(webapp(securityContext={"readOnlyRootFilesystem": True}))
    finding = judged("Error: EROFS: read-only file system, open '/var/run/app.pid'", document)

    assert finding is not None
    assert (finding.id, finding.certainty) == ("volume-read-only", Certainty.OBSERVED)
    assert finding.summary.endswith("mount an emptyDir at /var/run")
    assert finding.at == "spec.containers[0].securityContext.readOnlyRootFilesystem"


def test_a_writable_volume_that_became_read_only_is_the_storages_fault() -> None:
    claim = {"persistentVolumeClaim": {"claimName": "orders"}}
    finding = judged("write /data/wal: read-only file system", mounted(webapp(), init=(), volume=claim))

    assert finding is not None
    assert finding.certainty is Certainty.LIKELY
    assert "its file system has become read-only" in finding.summary


def test_a_complaint_that_it_lived_with_is_none_of_its_end() -> None:
    lines = ["open /data/x: permission denied", *["served"] * 30, "error: no licence"]
    finding = primary(case(mounted(webapp()), logs={"webapp": lines}))

    assert finding is not None
    assert finding.id == "crashloop"


def test_what_was_said_by_the_way_is_none_of_its_end() -> None:
    """As nginx's image does of a read-only root, and starts nevertheless."""
    lines = [
        "10-listen-on-ipv6-by-default.sh: info: can not modify /etc/nginx/conf.d/default.conf (read-only file system?)",
        "/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh",
        "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh",
        "/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh",
        "/docker-entrypoint.sh: Configuration complete; ready for start up",
        '2026/03/01 12:00:00 [emerg] 1#1: host not found in upstream "api"',
    ]
    document = mounted(webapp(securityContext={"readOnlyRootFilesystem": True}))
    finding = primary(case(document, logs={"webapp": lines}))

    assert finding is not None
    assert finding.id == "crashloop"
    assert finding.summary.endswith('host not found in upstream "api"')


def test_one_that_runs_and_is_not_ready_for_it_is_told() -> None:
    probe = {"exec": {"command": ["false"]}}
    app = container("webapp", running(), started=True, volumeMounts=DATA, securityContext=USER, readinessProbe=probe)
    finding = judged("open /data/up/x: permission denied", mounted(app))

    assert finding is not None
    assert finding.id == "volume-permission"
    assert ", and is not ready: " in finding.summary
