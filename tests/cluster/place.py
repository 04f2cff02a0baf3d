"""A namespace of its own on a real cluster, and the ways to stage something in it and to look at it."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.commands import run
from tests.contract.conftest import eventually

IMAGE = os.environ.get("KUBECTL_MC_TEST_IMAGE", "busybox:1.37")
"""One that has a shell and busybox's programs."""
SHELLLESS = os.environ.get("KUBECTL_MC_TEST_SHELLLESS_IMAGE", "registry.k8s.io/pause:3.10")
"""One that has none."""
DEADLINE_SECONDS = 240
"""How long kubectl waits for a condition, on the slowest of clusters."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A namespace, with the two tools to look at it."""

    namespace: str = field(default_factory=lambda: f"kubectl-mc-{uuid.uuid4().hex[:8]}")
    kubeconfig: Path = field(default_factory=lambda: Path(os.environ["KUBECONFIG"]))

    @classmethod
    @contextmanager
    def new(cls, *items: Json, ready: Sequence[str] = ()) -> Iterator[Self]:
        """A new namespace, which is deleted when the block is left.

        Args:
            items: what is in it.
            ready: the pods among them that have to be ready.
        """
        place = cls()
        place.kubectl("create", "namespace", place.namespace)
        try:
            for there in ("serviceaccount/default", "configmap/kube-root-ca.crt"):
                place.kubectl("wait", "--for=create", there, f"--timeout={DEADLINE_SECONDS}s")
            place.apply(*items)
            place.ready(*ready)
            yield place
        finally:
            place.kubectl("delete", "namespace", place.namespace, "--wait=false")

    @property
    def environ(self) -> dict[str, str]:
        """What this tool needs to find the cluster."""
        return {"KUBECONFIG": str(self.kubeconfig)}

    def output(self, *words: str, given: object = None) -> bytes:
        """What kubectl writes; `given` goes to its stdin as JSON."""
        command = ["kubectl", "--kubeconfig", str(self.kubeconfig), "-n", self.namespace, *words]
        text = json.dumps(given).encode() if given is not None else None
        done = subprocess.run(command, input=text, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def kubectl(self, *words: str, given: object = None) -> str:
        """The same as text."""
        return self.output(*words, given=given).decode()

    def run(self, *words: str, timeout: float = DEADLINE_SECONDS, **more: Any) -> subprocess.CompletedProcess[bytes]:
        """`kubectl mc WORDS -n NAMESPACE` to its end, on pipes; `more` is what `subprocess.run` takes."""
        command, *others = words
        options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True} | more
        if "input" in more:
            del options["stdin"]
        return subprocess.run(
            [sys.executable, "-m", "kubectl_mc", command, "-n", self.namespace, *others],
            env={**os.environ, **self.environ},
            check=False,
            timeout=timeout,
            **options,
        )

    def apply(self, *items: Json) -> None:
        """Stage these."""
        if items:
            self.kubectl("apply", "-f", "-", given={"apiVersion": "v1", "kind": "List", "items": list(items)})

    def ready(self, *pods: str) -> None:
        """Wait until these are."""
        if pods:
            names = (f"pod/{name}" for name in pods)
            self.kubectl("wait", "--for=condition=Ready", *names, f"--timeout={DEADLINE_SECONDS}s")

    def wait(self, pod: str, path: str, value: str = "") -> None:
        """Until a pod's field has a value, or any value."""
        condition = f"--for=jsonpath={{{path}}}{f'={value}' if value else ''}"
        self.kubectl("wait", f"pod/{pod}", condition, f"--timeout={DEADLINE_SECONDS}s")

    def allow(self, user: str, role: str, resource: str, *verbs: str) -> None:
        """A user may do this here."""
        group = "rbac.authorization.k8s.io"
        meta = {"apiVersion": f"{group}/v1", "metadata": {"name": role}}
        subjects = [{"apiGroup": group, "kind": "User", "name": user}]
        rule = {"apiGroups": [""], "resources": [resource], "verbs": list(verbs)}
        bound = {"apiGroup": group, "kind": "Role", "name": role}
        self.apply(
            {**meta, "kind": "Role", "rules": [rule]},
            {**meta, "kind": "RoleBinding", "subjects": subjects, "roleRef": bound},
        )

    def doctor(self, target: str) -> list[Json]:
        """The doctor's findings."""
        result = run("doctor", target, "-n", self.namespace, "-o", "json", kubeconfig=self.kubeconfig)
        found: list[Json] = json.loads(result.out)["findings"] if result.out else []
        return found

    def expect(self, target: str, id_: str, guilty: str | None, words: str) -> Json:
        """The doctor's first finding, as soon as it is this one.

        Args:
            target: a pod, or TYPE/NAME.
            guilty: the container that is blamed.
            words: part of the summary.
        """

        def check() -> None:
            found = self.doctor(target)
            assert [(each["id"], each["container"]) for each in found[:1]] == [(id_, guilty)]
            assert words in found[0]["summary"]

        eventually(check)
        return self.doctor(target)[0]
