"""The command line: what it takes, what it refuses, and how it ends."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from pytest_mock import MockerFixture

from kubectl_mc import PROGRAM, __version__, cli
from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.session import Session
from tests.commands import run
from tests.processes import on_a_pipe

CONNECTION_FLAGS = """
    --kubeconfig --context --cluster --user --namespace --server --token --as --as-group --as-uid
    --certificate-authority --client-certificate --client-key --tls-server-name --insecure-skip-tls-verify
    --request-timeout
"""  # as `kubectl options` has them


@pytest.fixture
def still(shared_demo: RunningDemo, mocker: MockerFixture) -> Iterator[None]:
    """The cluster's time and that of the commands stand still, so that one command after the other sees the same."""
    mocker.patch.object(Session, "now", return_value=datetime.now(UTC))
    clock = shared_demo.cluster.clock
    held = clock.moved_by_hand()
    shared_demo.call(held.__enter__)
    shared_demo.call(lambda: clock.freeze(clock.now()))
    yield
    shared_demo.call(held.__exit__, None, None, None)
    shared_demo.call(clock.advance, 0)  # who has slept meanwhile looks at it again


def test_without_a_command_there_is_help_on_stdout() -> None:
    result = run(kubeconfig="")
    assert result.exit_code == 0
    assert result.err == ""
    for name in cli.COMMANDS:
        assert f"  {name} " in result.out
    for flag in CONNECTION_FLAGS.split():
        assert flag in result.out


@pytest.mark.parametrize("name", cli.COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help_with_examples(name: str, flag: str) -> None:
    result = run(name, flag, kubeconfig="")
    assert result.exit_code == 0
    assert result.out.startswith(f"Usage: {PROGRAM} {name}")
    assert "Examples:" in result.out
    assert f"  {PROGRAM} {name}" in result.out
    assert "kubectl-mc" not in result.out.split("Examples:")[1]


def test_the_help_of_logs_names_every_level() -> None:
    assert "--level trace|debug|info|warn|error|fatal\n" in run("logs", "--help", kubeconfig="").out


def test_the_version_is_said() -> None:
    assert run("version", kubeconfig="").out == f"kubectl-mc {__version__}\n"
    assert json.loads(run("version", "-o", "json", kubeconfig="").out) == {"version": __version__}


def test_the_servers_version_is_asked_for(shared_kubeconfig: Path) -> None:
    result = run("version", "--with-server", kubeconfig=shared_kubeconfig)
    assert result.lines[1].startswith("server v1.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stauts"], "No such command 'stauts'"),
        (["status", "--bogus"], "No such option: --bogus"),
        (["status", "-o", "xml"], "-o xml: no such output"),
        (["events", "-o", "wide"], "-o wide: no such output"),
        (["status", "web", "pod/x"], "don't mix"),
        (["status", "pod/a/b"], "one type, one slash, one name"),
        (["status", "pod/"], "one type, one slash, one name"),
        (["status", "gadget/web"], "'gadget' is no type that has pods"),
        (["status", "web", "-l", "app=web"], "exclude each other"),
        (["status", "web", "-A"], "cannot go with -A"),
        (["events", "--types", "Bad"], "--types Bad: no such type"),
        (["events", "--since", "soon"], "'soon' is no duration"),
        (["status", "--request-timeout", "x"], "'x' is no duration"),
        (["status", "--color", "blue"], "--color blue: no such choice"),
        (["status", "--watch=perhaps"], "--watch=perhaps: neither true nor false"),
        (["status", "-wA=perhaps"], "-A=perhaps: neither true nor false"),
        (["status", "-q=3"], "No such option: -q"),
        (["status", "-l", "app in web"], "unable to parse requirement"),
        (["status", "--field-selector", "spec.color=red"], "field label not supported"),
        (["demo", "demo"], "the demo has no demo inside"),
        (["demo", "serve", "now"], "serve takes no arguments"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_hint(words: list[str], said: str, shared_kubeconfig: Path) -> None:
    result = run(*words, kubeconfig=shared_kubeconfig)
    assert result.exit_code == 2
    assert result.out == ""
    error, hint = result.err.splitlines()
    assert said in error
    assert hint.startswith("hint: ")


@pytest.mark.parametrize(
    ("words", "help_"),
    [
        (["-n"], "kubectl mc --help"),
        (["status", "-n"], "kubectl mc status --help"),
        (["logs", "web", "--tail"], "kubectl mc logs --help"),
        (["events", "--since"], "kubectl mc events --help"),
    ],
)
def test_a_value_that_is_missing_points_to_the_help_of_its_command(words: list[str], help_: str) -> None:
    assert run(*words, kubeconfig="").err == f"error: Option '{words[-1]}' requires an argument\nhint: {help_}\n"


@pytest.mark.parametrize(
    ("words", "same"),
    [
        (["--all-namespaces=true", "-o=name"], ["-A", "-o", "name"]),
        (["-A=true", "-oname"], ["-A", "-o", "name"]),
        (["-A=1", "--output=name"], ["-A", "-o", "name"]),
        (["-Ao=name"], ["-A", "-o", "name"]),
        (["--all-namespaces=false", "-o=name"], ["-o", "name"]),
        (["-A", "-A=false", "-o", "name"], ["-o", "name"]),
        (["-A=false", "-A", "-o", "name"], ["-A", "-o", "name"]),
        (["-n=staging", "-o", "name"], ["-n", "staging", "-o", "name"]),
        (["-lapp=hello", "-A", "-oname"], ["-l", "app=hello", "-A", "-o", "name"]),
        (["-l=app=hello", "-Aoname"], ["-l", "app=hello", "-A", "-o", "name"]),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("still")
def test_flags_and_values_are_written_as_with_kubectl(
    words: list[str], same: list[str], shared_kubeconfig: Path
) -> None:
    result = run("status", *words, kubeconfig=shared_kubeconfig)
    assert result.exit_code == 0
    assert result == run("status", *same, kubeconfig=shared_kubeconfig)


def test_an_unknown_type_names_the_known_ones(shared_kubeconfig: Path) -> None:
    assert "deploy, rs, sts, ds, job, cj, svc" in run("status", "x/y", kubeconfig=shared_kubeconfig).err


def test_an_unknown_pod_names_the_nearest(shared_kubeconfig: Path) -> None:
    result = run("status", "port-conflct", kubeconfig=shared_kubeconfig)
    assert result.exit_code == 1
    assert result.err.splitlines() == [
        'Error from server (NotFound): pods "port-conflct" not found in namespace "demo"',
        "hint: nearest names: port-conflict",
    ]


def test_what_is_found_is_shown_beside_what_is_not(shared_kubeconfig: Path) -> None:
    result = run("status", "port-conflict", "nothing-like-it", kubeconfig=shared_kubeconfig)
    assert result.exit_code == 1
    assert result.out.startswith("demo/port-conflict ")
    assert 'pods "nothing-like-it" not found' in result.err


def test_an_empty_namespace_is_no_error(shared_kubeconfig: Path) -> None:
    result = run("status", "-n", "nowhere", kubeconfig=shared_kubeconfig)
    assert (result.exit_code, result.out) == (0, "")
    assert result.err == "No resources found in nowhere namespace.\n"


@pytest.mark.parametrize("command", ["status", "events"])
def test_flags_are_taken_before_and_after_the_command(command: str, shared_kubeconfig: Path) -> None:
    before = run("-n", "staging", command, "-o", "json", kubeconfig=shared_kubeconfig)
    after = run(command, "-o", "json", "-n", "staging", kubeconfig=shared_kubeconfig)
    last = run("-n", "demo", command, "-o", "json", "--namespace=staging", kubeconfig=shared_kubeconfig)
    key = {"status": "pods", "events": "events"}[command]
    for result in (before, after, last):
        assert {item["namespace"] for item in json.loads(result.out)[key]} == {"staging"}


def test_a_kubeconfig_by_flag_wins_over_the_environment(shared_kubeconfig: Path) -> None:
    result = run(
        "status", "hello", "-n", "staging", "--kubeconfig", str(shared_kubeconfig), kubeconfig="/nonexistent/a"
    )
    assert result.exit_code == 0


def test_without_a_kubeconfig_the_demo_is_offered(tmp_path: Path) -> None:
    result = run("status", kubeconfig="", environ={"HOME": str(tmp_path)})
    assert result.exit_code == 1
    assert result.err.splitlines() == [
        f"error: no cluster to talk to: no kubeconfig at {tmp_path}/.kube/config",
        "hint: set KUBECONFIG or pass --kubeconfig; `kubectl mc demo status` needs no cluster at all",
    ]


@pytest.mark.parametrize("by_flag", [True, False])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no cluster to talk to: there is none in {}"),
        (b"a: 1\n", "no cluster to talk to: there is none in {}"),
        (b"hello\n", "kubeconfig {} is no kubeconfig: a mapping was expected at its top"),
        (b"- a\n- b\n", "kubeconfig {} is no kubeconfig: a mapping was expected at its top"),
        (b'["a"]', "kubeconfig {} is no kubeconfig: a mapping was expected at its top"),
        (b'{"kind": "Pod", "metadata": {"name": "web"}}', "kubeconfig {} is no kubeconfig: it is a Pod"),
        (b"a: [b\n", "kubeconfig {} is not valid YAML"),
        (b"clusters: 7\n", "kubeconfig {}: `clusters` is no list"),
        (b"\x7fELF\x02\xff", "kubeconfig {} is not text"),
    ],
)
def test_a_file_that_is_no_kubeconfig_is_asked_about(content: bytes, said: str, by_flag: bool, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    words = ["--kubeconfig", str(file)] if by_flag else []
    result = run("status", *words, kubeconfig="" if by_flag else file)
    assert (result.exit_code, result.out) == (1, "")
    error, hint = result.err.splitlines()
    assert error.startswith(f"error: {said.format(file)}")
    assert hint == "hint: a kubeconfig is YAML in UTF-8 with clusters, users and contexts: is this another file?"


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    assert run("status", "--kubeconfig", str(tmp_path), kubeconfig="").err.splitlines() == [
        f"error: kubeconfig {tmp_path} cannot be read: Is a directory",
        "hint: it has to be a file that you may read",
    ]


def test_an_unknown_context_names_the_known_ones(shared_kubeconfig: Path) -> None:
    result = run("status", "--context", "prod", kubeconfig=shared_kubeconfig)
    assert result.exit_code == 1
    assert result.err == "error: no context 'prod' in the kubeconfig\nhint: it has: kubectl-mc-demo\n"


def test_a_server_that_is_down_is_one_sentence(shared_kubeconfig: Path) -> None:
    result = run("status", "--server", "https://127.0.0.1:1", kubeconfig=shared_kubeconfig)
    assert result.exit_code == 1
    assert "no connection to the server https://127.0.0.1:1: Connection refused" in result.err
    assert len(result.err.splitlines()) == 2


def test_a_missing_permission_names_verb_and_resource(shared_demo: RunningDemo, tmp_path: Path) -> None:
    viewer = shared_demo.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    result = run("status", kubeconfig=viewer)
    assert result.exit_code == 1
    assert "Error from server (Forbidden): pods is forbidden" in result.err
    assert 'the verb "list" on pods is missing; check: kubectl auth can-i list pods -n demo' in result.err


def test_acting_as_a_user_without_rights_is_refused(shared_kubeconfig: Path) -> None:
    assert run("status", "port-conflict", kubeconfig=shared_kubeconfig).exit_code == 0
    refused = run("status", "port-conflict", "--as", "demo-viewer", kubeconfig=shared_kubeconfig)
    assert refused.exit_code == 1
    assert 'User "demo-viewer" cannot get resource "pods"' in refused.err


def test_wrong_credentials_are_said(shared_kubeconfig: Path) -> None:
    result = run("status", "--token", "expired", kubeconfig=shared_kubeconfig)
    assert result.exit_code == 1
    assert "doesn't accept these credentials (401 Unauthorized)" in result.err


@pytest.mark.usefixtures("still")
def test_yaml_and_json_are_the_same_document(shared_kubeconfig: Path) -> None:
    document = run("status", "finished-first", "-o", "json", kubeconfig=shared_kubeconfig).out
    assert yaml.safe_load(
        run("status", "finished-first", "-o", "yaml", kubeconfig=shared_kubeconfig).out
    ) == json.loads(document)


def test_names_are_ready_for_other_commands(shared_kubeconfig: Path) -> None:
    assert (
        run("status", "deploy/production-app", "-o", "name", kubeconfig=shared_kubeconfig)
        .lines[0]
        .startswith("pod/production-app-")
    )


def test_wide_adds_ports_probes_mounts_and_use(shared_kubeconfig: Path) -> None:
    [pod, *_] = run("status", "deploy/production-app", "-o", "name", kubeconfig=shared_kubeconfig).lines
    out = run("status", pod, "-o", "wide", kubeconfig=shared_kubeconfig).out
    for part in (
        "8080/TCP",
        "readiness http-get http://:8080/ready every 5s x3",
        "/256Mi/512Mi",
        "/var/log/app = logs",
    ):
        assert part in out
    assert out.splitlines()[2].split()[:2] == ["ROLE", "NAME"]


def test_wide_without_metrics_says_so_once(shared_demo: RunningDemo, tmp_path: Path) -> None:
    shared_demo.call(shared_demo.cluster.auth.grant, "demo-viewer", ["get", "list"], ["pods"], "demo")
    viewer = shared_demo.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    result = run("status", "pod/port-conflict", "-o", "wide", kubeconfig=viewer)
    shared_demo.call(shared_demo.cluster.auth.revoke, "demo-viewer")
    assert result.exit_code == 0
    assert result.err == "CPU and memory use is left out: no permission to list pods.metrics.k8s.io\n"


def test_no_headers_leaves_them_out(shared_kubeconfig: Path) -> None:
    assert "READY  STATUS" in run("status", kubeconfig=shared_kubeconfig).out
    assert "READY  STATUS" not in run("status", "--no-headers", kubeconfig=shared_kubeconfig).out
    assert "REASON" not in run("events", "--no-headers", kubeconfig=shared_kubeconfig).out


def test_containers_get_a_line_each(shared_kubeconfig: Path) -> None:
    lines = [line.split() for line in run("status", "--containers", kubeconfig=shared_kubeconfig).lines]
    start = next(number for number, words in enumerate(lines) if words[0] == "finished-first")
    assert lines[start + 1][:3] == ["✓", "c0", "(app)"]
    assert lines[start + 2][:3] == ["✗", "c1", "(app)"]


def test_all_namespaces_name_theirs(shared_kubeconfig: Path) -> None:
    lines = run("status", "-A", kubeconfig=shared_kubeconfig).lines
    assert lines[0].split()[0] == "NAMESPACE"
    assert {line.split()[0] for line in lines[1:]} == {"demo", "staging"}


def test_colours_are_for_terminals(shared_kubeconfig: Path) -> None:
    def coloured(*words: str, terminal: bool = False, **environ: str) -> bool:
        return "\x1b[" in run("status", *words, kubeconfig=shared_kubeconfig, terminal=terminal, environ=environ).out

    assert coloured(terminal=True)
    assert not coloured()
    assert not coloured(terminal=True, NO_COLOR="1")
    assert not coloured(terminal=True, TERM="dumb")
    assert coloured(FORCE_COLOR="1")
    assert coloured("--color=always")
    assert not coloured("--color=never", terminal=True)


@pytest.mark.parametrize("columns", [80, 100, 160])
@pytest.mark.parametrize("words", [["status"], ["status", "app-with-migration"], ["events", "port-conflict"]])
def test_a_terminals_width_is_kept(words: list[str], columns: int, shared_kubeconfig: Path) -> None:
    environ = {"COLUMNS": str(columns), "NO_COLOR": "1"}
    lines = run(*words, kubeconfig=shared_kubeconfig, terminal=True, environ=environ).lines
    heading_and_note = [line for line in lines if len(line) > columns and "kubectl mc " not in line]
    assert heading_and_note == []


def test_a_fault_of_this_tool_is_no_traceback(mocker: MockerFixture, shared_kubeconfig: Path) -> None:
    mocker.patch("kubectl_mc.commands.status.parse_pod", side_effect=ZeroDivisionError("oh"))
    result = run("status", kubeconfig=shared_kubeconfig)
    assert result.exit_code == 1
    assert (
        result.err.splitlines()[0]
        == "error: kubectl-mc itself failed, which is a fault of its own: ZeroDivisionError: oh"
    )
    assert "Traceback" not in result.err


def test_a_full_disk_is_no_fault_of_this_tool(shared_kubeconfig: Path) -> None:
    environ = {"KUBECONFIG": str(shared_kubeconfig), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "kubectl_mc", "status"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environ, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: No space left on device",
        "hint: is the disk full, or a limit of the system reached?",
    ]


def test_a_misspelt_command_names_the_one_that_was_meant() -> None:
    assert "hint: did you mean status?" in run("stauts", kubeconfig="").err


@pytest.mark.parametrize("words", [[], ["--help"], ["status", "--help"]])
def test_help_has_colours_on_terminals_only(words: list[str]) -> None:
    assert "\x1b[1m" in run(*words, kubeconfig="", terminal=True).out
    assert "\x1b" not in run(*words, kubeconfig="").out
    assert "\x1b" not in run(*words, kubeconfig="", terminal=True, environ={"NO_COLOR": "1"}).out


def test_a_workload_without_pods_says_why_or_who_knows(demo: RunningDemo, kubeconfig: Path) -> None:
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "app", "image": "nginx:1.27"}]},
    }
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    metadata = {"name": "web"}
    demo.call(demo.cluster.apply, {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
    demo.call(
        demo.cluster.apply,
        {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": {"app": "none"}}},
    )

    for command in ("status", "logs"):
        result = run(command, "deploy/web", kubeconfig=kubeconfig)
        assert (result.exit_code, result.err) == (
            0,
            "No pods found for deployment/web in demo namespace: it is scaled to 0.\n",
        )
        result = run(command, "svc/web", kubeconfig=kubeconfig)
        assert "what happened: kubectl mc doctor service/web -n demo" in result.err


@pytest.mark.parametrize("words", [["status"], ["timeline"], ["map"], ["exec"], ["exec", "--all"], ["debug"]])
def test_the_next_command_asks_the_same_cluster_in_the_same_namespace(
    words: list[str], demo: RunningDemo, kubeconfig: Path
) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "none"}},
    }
    demo.call(demo.cluster.apply, service)
    command = ["--", "id"] if words[0] in ("exec", "debug") else []
    result = run(*words, "svc/web", "--kubeconfig", str(kubeconfig), "-n", "demo", *command, kubeconfig="")

    assert f"kubectl mc doctor service/web --kubeconfig {kubeconfig} -n demo\n" in result.err


def test_of_a_workload_that_makes_no_pods_the_doctor_tells_why(demo: RunningDemo, kubeconfig: Path) -> None:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"serviceAccountName": "none", "containers": []}}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    document = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "web"}}
    demo.call(demo.cluster.apply, {**document, "spec": {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": spec}}})

    assert "kubectl mc doctor cronjob/web -n demo\n" in run("status", "cj/web", kubeconfig=kubeconfig).err
    assert "kubectl mc events cronjob/web -n demo\n" in run("doctor", "cj/web", kubeconfig=kubeconfig).err


def test_a_type_alone_is_told_from_a_pod(shared_kubeconfig: Path) -> None:
    assert "deploy is a type, too: deploy/NAME" in run("status", "deploy", kubeconfig=shared_kubeconfig).err


def test_a_reader_who_has_enough_is_no_error(shared_kubeconfig: Path) -> None:
    script = f'set -o pipefail; "{sys.executable}" -m kubectl_mc status -A --containers | head -1'
    environ = {"KUBECONFIG": str(shared_kubeconfig), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environ, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("NAMESPACE")


def test_the_demo_runs_any_command_and_leaves_nothing(tmp_path: Path) -> None:
    with on_a_pipe("demo", "status", "finished-first", environ={"TMPDIR": str(tmp_path)}) as process:
        process.read_until("kubectl says Completed; c1 is crash-looping")
        process.read_until("next: kubectl mc demo logs finished-first -c c1 --previous")
        assert process.wait() == 0
        assert process.stderr() == ""
    assert list(tmp_path.iterdir()) == []


def test_the_demo_says_what_there_is() -> None:
    result = run("demo", kubeconfig="")
    assert result.exit_code == 0
    assert "port-conflict" in result.out
    assert "kubectl mc demo status" in result.out


def test_the_demo_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    for number in (2, 15):
        with on_a_pipe("demo", "serve", environ={"TMPDIR": str(tmp_path)}) as process:
            [line] = process.read_until("\n").splitlines()
            kubeconfig = Path(line.removeprefix("export KUBECONFIG="))
            assert run("status", "finished-first", kubeconfig=kubeconfig).exit_code == 0
            assert process.interrupt(number) == (130 if number == 2 else 0)
            assert "Traceback" not in process.stderr()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("flag", "said"), [("--namespce", "--namespace"), ("--bogus", "No such option: --bogus\n")])
def test_an_unknown_flag_names_only_those_that_look_alike(flag: str, said: str) -> None:
    result = run("status", flag, kubeconfig="")
    assert result.exit_code == 2
    assert said in result.err
