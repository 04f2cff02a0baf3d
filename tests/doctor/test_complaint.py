"""Of a container's last lines the one that tells why it ended is taken, in whatever language it is written."""

import pytest

from kubectl_mc.doctor.complaint import said, telling
from tests.doctor.cases import case, primary
from tests.pods import container, ended, pod, waiting

PYTHON = """\
INFO:     Started server process [1]
Traceback (most recent call last):
  File "/app/main.py", line 12, in <module>
    connect()
  File "/app/db.py", line 3, in connect
    raise socket.gaierror(-2, "Name or service not known")
socket.gaierror: [Errno -2] Name or service not known
ERROR:    Application startup failed. Exiting."""

PYTHON_CHAIN = """\
Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
    os.environ["DATABASE_URL"]
KeyError: 'DATABASE_URL'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/main.py", line 5, in <module>
    raise SettingsMissing("DATABASE_URL is not set")
main.SettingsMissing: DATABASE_URL is not set"""

JAVA = """\
2026-03-01 12:00:00.000  INFO 1 --- [main] c.e.App : Starting
Exception in thread "main" java.lang.IllegalStateException: cannot start
\tat com.example.App.main(App.java:12)
Caused by: java.net.ConnectException: Connection refused (Connection refused)
\tat java.base/java.net.Socket.connect(Socket.java:591)
\t... 1 more"""

SPRING = """\
***************************
APPLICATION FAILED TO START
***************************

Description:

Web server failed to start. Port 8080 was already in use.

Action:

Identify and stop the process that's listening on port 8080 or configure this application to listen on another port.
"""

GO = """\
2026/03/01 12:00:00 listening on :8080
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47b3c2]

goroutine 1 [running]:
main.main()
\t/app/main.go:10 +0x1d
exit status 2"""

NODE = """\
node:events:485
      throw er; // Unhandled 'error' event
      ^

Error: listen EADDRINUSE: address already in use :::8080
    at Server.setupListenHandle [as _listen2] (node:net:1937:16)
    at listenInCluster (node:net:1994:12)
Emitted 'error' event on Server instance at:
    at emitErrorNT (node:net:1973:8) {
  code: 'EADDRINUSE',
  errno: -98,
  syscall: 'listen',
  address: '::',
  port: 8080
}

Node.js v22.14.0"""

RUST = """\
thread 'main' panicked at src/main.rs:4:47:
called `Result::unwrap()` on an `Err` value: Os { code: 2, kind: NotFound, message: "No such file or directory" }
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"""

DOTNET = """\
Unhandled exception. System.InvalidOperationException: No connection string named 'Orders'
   at Program.<Main>$(String[] args) in /src/Program.cs:line 7"""

RUBY = """\
=> Booting Puma
/app/config.rb:3:in `fetch': key not found: "SECRET_KEY_BASE" (KeyError)
\tfrom /app/config.rb:3:in `<main>'"""

NPM = """\
> shop@1.0.0 start
> node server.js

TypeError: Cannot read properties of undefined (reading 'url')
    at Object.<anonymous> (/app/server.js:3:20)
npm error code 1
npm error path /app
npm error command failed"""

POSTGRES = """\
2026-03-01 12:00:00.000 UTC [1] LOG:  starting PostgreSQL 16.2
2026-03-01 12:00:00.010 UTC [1] FATAL:  data directory "/var/lib/postgresql/data" has wrong ownership
2026-03-01 12:00:00.010 UTC [1] HINT:  The server must be started by the user that owns the data directory.
2026-03-01 12:00:00.020 UTC [1] LOG:  database system is shut down"""

NGINX = """\
2026/03/01 12:00:00 [emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)
nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)
nginx: [emerg] still could not bind()"""

HANDLED_BEFORE = """\
ERROR cannot load order 7
java.sql.SQLException: timed out
\tat com.example.Orders.load(Orders.java:7)
INFO served 1
INFO served 2
INFO served 3
INFO served 4
ERROR the licence has run out"""

REQUESTS = """\
fatal: no certificate in /etc/tls
10.0.0.1 - - "GET / HTTP/1.1" 200
10.0.0.1 - - "GET / HTTP/1.1" 200"""


@pytest.mark.parametrize(
    ("log", "line"),
    [
        (PYTHON, "socket.gaierror: [Errno -2] Name or service not known"),
        (PYTHON_CHAIN, "main.SettingsMissing: DATABASE_URL is not set"),
        (JAVA, "Caused by: java.net.ConnectException: Connection refused (Connection refused)"),
        (SPRING, "Web server failed to start. Port 8080 was already in use."),
        (GO, "panic: runtime error: invalid memory address or nil pointer dereference"),
        (NODE, "Error: listen EADDRINUSE: address already in use :::8080"),
        (RUST, RUST.splitlines()[1]),
        (DOTNET, DOTNET.splitlines()[0]),
        (RUBY, RUBY.splitlines()[1]),
        (NPM, "TypeError: Cannot read properties of undefined (reading 'url')"),
        (POSTGRES, POSTGRES.splitlines()[1]),
        (NGINX, NGINX.splitlines()[0]),
        (HANDLED_BEFORE, "ERROR the licence has run out"),
        (REQUESTS, "fatal: no certificate in /etc/tls"),
        ("connecting to db:5432\nupload failed: 401 Unauthorized\n\n", "upload failed: 401 Unauthorized"),
        ("starting\n2026/03/01 12:00:00 dial tcp 10.0.0.1:5432: connect: connection refused\nstopped", None),
        ("INFO no error found\nstopped", "stopped"),
        ("flag provided but not defined: -foo\nUsage of /app:\n  -port int", "flag provided but not defined: -foo"),
        ("ERROR: no /etc/php-fpm.conf\nERROR: FPM initialization failed", "ERROR: no /etc/php-fpm.conf"),
        ("only\nwords", "words"),
        ("  indented alone", "  indented alone"),
    ],
)
def test_the_line_that_tells_most(log: str, line: str | None) -> None:
    lines = log.split("\n")
    at = telling(lines)

    assert at is not None
    assert lines[at] == (line or lines[1])


def test_nothing_said_is_nothing_told() -> None:
    assert telling([]) is None
    assert telling(["", "  "]) is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('{"time":"2026-03-01T12:00:00Z","level":"fatal","msg":"no database","err":"dial tcp: refused"}',
         "no database: dial tcp: refused"),
        ('ts=2026-03-01T12:00:00Z level=fatal msg="no database" err="dial tcp: refused"',
         "no database: dial tcp: refused"),
        ("2026-03-01T12:00:00.123Z ERROR boom", "ERROR boom"),
        ("2026/03/01 12:00:00 boom", "boom"),
        ("[2026-03-01 12:00:00.000][1][critical] no config", "[1][critical] no config"),
        ("[01-Mar-2026 12:00:00] ERROR: no config", "ERROR: no config"),
        ("F0301 12:00:00.000000       1 main.go:50] no config", "no config"),
        ('{"level":"error","msg":"no API","error":"Get \\"https://10.96.0.1\\": timeout","stacktrace":"main\\n\\tx"}',
         'no API: Get "https://10.96.0.1": timeout'),
        ("\x1b[31merror\x1b[0m: boom", "error: boom"),
        ("Caused by: java.net.ConnectException: refused", "java.net.ConnectException: refused"),
        ("x" * 500, "x" * 160 + "…"),
    ],
)  # fmt: skip
def test_a_line_in_a_sentence_has_no_time_and_no_colour(line: str, text: str) -> None:
    assert said(line) == text


def test_a_line_without_an_end_is_looked_at_and_shown_in_part() -> None:
    long = "error: " + "no licence " * 20_000
    judged = case(pod(container("app", waiting("CrashLoopBackOff"), last=ended(1, "Error"))), logs={"app": [long]})
    finding = primary(judged)

    assert finding is not None
    assert len(finding.summary) < 300
    assert max(map(len, finding.evidence)) < 600


def test_what_only_announces_is_told_with_what_it_announces() -> None:
    log = [
        "pydantic.ValidationError: 1 validation error for Settings",
        "database_url",
        "  Field required [type=missing]",
    ]
    judged = case(pod(container("app", waiting("CrashLoopBackOff"), last=ended(1, "Error"))), logs={"app": log})
    finding = primary(judged)

    assert finding is not None
    assert finding.summary.endswith(
        ": pydantic.ValidationError: 1 validation error for Settings: database_url: Field required [type=missing]"
    )
