"""A sandbox that can't be made, in the words of several runtimes and network plugins."""

import pytest

from kubectl_mc.doctor.finding import Certainty
from tests.doctor.cases import case, event, found, primary
from tests.doctor.test_volumes import creating
from tests.pods import Json, ago


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "
            '"2585": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to '
            "container",
            'the node has no address left for it (plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed',
        ),
        (
            "Failed create pod sandbox: rpc error: code = Unknown desc = failed to set up sandbox container "
            '"9e59" network for pod "web": NetworkPlugin cni failed to set up pod "web_shop" network: add cmd: failed '
            "to assign an IP address to container",
            "the node has no address left for it (add cmd: failed to assign an IP address to container)",
        ),
        (
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime "
            'for "gvisor" is configured',
            "the node's runtime knows no handler gvisor, which its RuntimeClass names",
        ),
        (
            'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "a": '
            'plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: '
            "Unauthorized",
            "the network plugin isn't let into the API",
        ),
        (
            "Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded",
            "can't be made on node node-1: context deadline exceeded; none of the containers is created before",
        ),
    ],
)
def test_what_the_runtime_says_is_told_with_what_it_comes_to(said: str, words: str) -> None:
    cause = primary(case(creating(), event("FailedCreatePodSandBox", said)))

    assert cause is not None
    assert (cause.id, cause.container) == ("sandbox-failed", "")
    assert words in cause.summary


def test_a_network_that_is_not_ready_keeps_sandboxes_from_being_made() -> None:
    said = (
        "network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
        "message:Network plugin returns error: cni plugin not initialized"
    )
    cause = primary(case(creating(), event("NetworkNotReady", said)))

    assert cause is not None
    assert cause.id == "sandbox-failed"
    assert "the node's network isn't ready" in cause.summary


def _silent(seconds: float) -> Json:
    return creating(
        conditions=[
            {"type": "PodScheduled", "status": "True", "lastTransitionTime": ago(seconds)},
            {"type": "PodReadyToStartContainers", "status": "False"},
        ]
    )


def test_a_node_that_says_nothing_for_long_is_suspected() -> None:
    cause = primary(case(_silent(600)))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("sandbox-failed", Certainty.LIKELY)


def test_a_node_has_its_time() -> None:
    assert found(case(_silent(20))) == {}


def test_a_sandbox_that_was_made_at_last_is_no_finding() -> None:
    document = creating()
    document["status"]["conditions"].append({"type": "PodReadyToStartContainers", "status": "True"})

    assert found(case(document, event("FailedCreatePodSandBox", "context deadline exceeded"))) == {}
