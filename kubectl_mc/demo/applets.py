"""The commands of the simulated containers, in BusyBox's words: one function each, and the table of them.

An applet gets its process and returns its exit code. Binary data goes through unchanged.
"""

import asyncio
import hashlib
import re
import shlex
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from kubectl_mc.demo.processes import SHELL_PID, Process

Applet = Callable[[Process], Awaitable[int]]


def why(error: OSError) -> str:
    """An OSError in the C library's words."""
    words = {
        FileNotFoundError: "No such file or directory",
        IsADirectoryError: "Is a directory",
        NotADirectoryError: "Not a directory",
        PermissionError: "Permission denied",
    }
    return words.get(type(error), "Read-only file system")


async def echo(process: Process) -> int:
    """`echo [-n] [-e]`."""
    words = list(process.arguments)
    newline, escapes = True, False
    while words and words[0] in ("-n", "-e", "-ne", "-en"):
        flag = words.pop(0)
        newline, escapes = newline and "n" not in flag, escapes or "e" in flag
    text = " ".join(words)
    await process.out((_unescaped(text) if escapes else text.encode()) + b"\n" * newline)
    return 0


async def printf(process: Process) -> int:
    """`printf FORMAT` with %s and %d."""
    form, *values = process.arguments or ("",)
    for value in values:
        form = re.sub(r"%[sd]", lambda _match, value=value: value, form, count=1)  # type: ignore[misc]
    await process.out(_unescaped(re.sub(r"%[sd]", "", form)))
    return 0


def _unescaped(text: str) -> bytes:
    """Backslash sequences as bytes."""
    simple = {"n": b"\n", "t": b"\t", "r": b"\r", "e": b"\x1b", "a": b"\a", "\\": b"\\"}
    found = b""
    for match in re.finditer(r"\\(?:x([0-9a-fA-F]{1,2})|0([0-7]{1,3})|(.))|([^\\]+|\\$)", text):
        hexadecimal, octal, letter, plain = match.groups()
        if hexadecimal or octal:
            found += bytes([int(hexadecimal, 16) if hexadecimal else int(octal, 8) & 0xFF])
        else:
            found += simple.get(letter, f"\\{letter}".encode()) if letter else plain.encode()
    return found


async def cat(process: Process) -> int:
    """`cat [FILE…]`; without files from stdin, bytes as they come."""
    code = 0
    for name in process.arguments or ("-",):
        if name == "-":
            while data := await process.stdin.read():
                await process.out(data)
            continue
        try:
            await process.out(process.around.files.read(process.path(name)))
        except IsADirectoryError:
            code = await process.fail("read error: Is a directory")
        except OSError as error:
            code = await process.fail(f"can't open '{name}': {why(error)}")
    return code


async def ls(process: Process) -> int:
    """`ls [-la1] [PATH…]`."""
    flags = "".join(word[1:] for word in process.arguments if word.startswith("-"))
    paths = [word for word in process.arguments if not word.startswith("-")] or ["."]
    code = 0
    for name in paths:
        path = process.path(name)
        files = process.around.files
        if not files.exists(path):
            code = await process.fail(f"{name}: No such file or directory")
            continue
        is_dir = files.is_dir(path)
        names = files.names(path) if is_dir else [name]
        if len(paths) > 1 and is_dir:
            await process.say(f"{name}:")
        for each in names:
            if "l" in flags:
                full = process.path(f"{path}/{each}") if is_dir else path
                size = 0 if files.is_dir(full) else len(files.read(full))
                mode = "drwxr-xr-x    2" if files.is_dir(full) else "-rw-r--r--    1"
                await process.say(f"{mode} root     root     {size:>9} {_now(process, '%b %d %H:%M')} {each}")
            else:
                await process.say(each)
    return code


def _now(process: Process, pattern: str) -> str:
    return datetime.fromtimestamp(process.around.clock.now(), UTC).strftime(pattern)


async def env(process: Process) -> int:
    """Every variable."""
    for name, value in process.env.items():
        await process.say(f"{name}={value}")
    return 0


async def printenv(process: Process) -> int:
    """`printenv NAME`."""
    if not process.arguments:
        return await env(process)
    values = [process.env.get(name) for name in process.arguments]
    for value in values:
        if value is not None:
            await process.say(value)
    return int(None in values)


async def ps(process: Process) -> int:
    """The processes of the container."""
    user = "root" if process.around.user == 0 else str(process.around.user)
    await process.say("PID   USER     COMMAND")
    for pid, command in (*process.around.processes, (SHELL_PID, shlex.join(process.argv))):
        await process.say(f"{pid:5} {user:8} {command}")
    return 0


async def hostname(process: Process) -> int:
    """The pod's name."""
    await process.say(process.around.hostname)
    return 0


async def identity(process: Process) -> int:
    """`id [-u]`."""
    user = process.around.user
    if "-u" in process.arguments:
        await process.say(str(user))
    elif user == 0:
        await process.say("uid=0(root) gid=0(root) groups=0(root)")
    else:
        await process.say(f"uid={user} gid=0(root) groups=0(root)")
    return 0


async def whoami(process: Process) -> int:
    """The user's name; only root has one."""
    if process.around.user:
        return await process.fail(f"unknown uid {process.around.user}")
    await process.say("root")
    return 0


async def stty(process: Process) -> int:
    """`stty size`."""
    if process.terminal is None:
        return await process.fail("standard input: Inappropriate ioctl for device")
    await process.say(f"{process.terminal.rows} {process.terminal.columns}")
    return 0


async def tty(process: Process) -> int:
    """Whether there is one."""
    await process.say("not a tty" if process.terminal is None else "/dev/pts/0")
    return int(process.terminal is None)


async def sleep(process: Process) -> int:
    """`sleep SECONDS`, of real time."""
    try:
        seconds = sum(float(word.rstrip("s")) for word in process.arguments)
    except ValueError:
        return await process.fail(f"invalid number '{process.arguments[0]}'")
    await asyncio.sleep(seconds)
    return 0


async def true(_process: Process) -> int:
    """0."""
    return 0


async def false(_process: Process) -> int:
    """1."""
    return 1


async def date(process: Process) -> int:
    """`date [+FORMAT]`, of the cluster's clock."""
    form = next((word[1:] for word in process.arguments if word.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    await process.say(_now(process, form))
    return 0


async def uname(process: Process) -> int:
    """`uname [-a]`."""
    long = f"Linux {process.around.hostname} 6.6.0 #1 SMP x86_64 GNU/Linux"
    await process.say(long if "-a" in process.arguments else "Linux")
    return 0


async def head(process: Process) -> int:
    """`head [-n N] [-c N] [FILE]`."""
    data, count, of_bytes = await _counted(process)
    await process.out(data[:count] if of_bytes else b"".join(data.splitlines(keepends=True)[:count]))
    return 0


async def tail(process: Process) -> int:
    """`tail [-n N] [-c N] [FILE]`; `-f` goes on with the file."""
    data, count, of_bytes = await _counted(process)
    await process.out(data[-count:] if of_bytes else b"".join(data.splitlines(keepends=True)[-count:]))
    names = [word for word in process.arguments if not word.startswith("-") and not word.isdigit()]
    while names and any(word in ("-f", "-F") for word in process.arguments):
        await asyncio.sleep(0.25)
        now = process.around.files.read(process.path(names[-1]))
        await process.out(now[len(data) :])
        data = now
    return 0


async def _counted(process: Process) -> tuple[bytes, int, bool]:
    """The input, the number and whether it counts bytes, of head and tail."""
    count, of_bytes, names = 10, False, []
    words = iter(process.arguments)
    for word in words:
        if word in ("-n", "-c"):
            count, of_bytes = int(next(words, "10")), word == "-c"
        elif match := re.fullmatch(r"-([nc]?)(\d+)", word):
            count, of_bytes = int(match.group(2)), match.group(1) == "c"
        elif not word.startswith("-"):
            names.append(word)
    return await _input(process, names), count, of_bytes


async def _input(process: Process, names: list[str]) -> bytes:
    """All of the named files, or of stdin."""
    if names:
        return b"".join(process.around.files.read(process.path(name)) for name in names)
    chunks: list[bytes] = []
    while data := await process.stdin.read():
        chunks.append(data)
    return b"".join(chunks)


async def grep(process: Process) -> int:
    """`grep [-v] [-c] [-i] [-q] PATTERN [FILE…]`."""
    flags = "".join(word[1:] for word in process.arguments if word.startswith("-"))
    pattern, *names = [word for word in process.arguments if not word.startswith("-")] or [""]
    wanted = re.compile(pattern.encode(), re.IGNORECASE if "i" in flags else 0)
    lines = (await _input(process, names)).splitlines(keepends=True)
    found = [line for line in lines if bool(wanted.search(line)) is ("v" not in flags)]
    if "c" in flags:
        await process.say(str(len(found)))
    elif "q" not in flags:
        await process.out(b"".join(found))
    return int(not found)


async def wc(process: Process) -> int:
    """`wc [-c|-l] [FILE]`."""
    flags = "".join(word[1:] for word in process.arguments if word.startswith("-"))
    data = await _input(process, [word for word in process.arguments if not word.startswith("-")])
    counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
    await process.say(" ".join(str(counts[flag]) for flag in flags or "lwc"))
    return 0


async def sha256sum(process: Process) -> int:
    """`sha256sum [FILE]`."""
    name = process.arguments[0] if process.arguments else "-"
    digest = hashlib.sha256(await _input(process, list(process.arguments))).hexdigest()
    await process.say(f"{digest}  {name}")
    return 0


async def tee(process: Process) -> int:
    """`tee FILE`."""
    data = await _input(process, [])
    for name in process.arguments:
        process.around.files.write(process.path(name), data)
    await process.out(data)
    return 0


async def touch(process: Process) -> int:
    """`touch FILE…`."""
    for name in process.arguments:
        process.around.files.write(process.path(name), b"", append=True)
    return 0


async def mkdir(process: Process) -> int:
    """`mkdir [-p] DIRECTORY…`."""
    for name in process.arguments:
        if not name.startswith("-"):
            process.around.files.make_dir(process.path(name))
    return 0


async def rm(process: Process) -> int:
    """`rm [-f] FILE…`."""
    for name in process.arguments:
        if name.startswith("-"):
            continue
        try:
            process.around.files.remove(process.path(name))
        except FileNotFoundError:
            if "-f" not in process.arguments:
                return await process.fail(f"can't remove '{name}': No such file or directory")
    return 0


async def kill(process: Process) -> int:
    """`kill [-SIGNAL] PID`: process 1 does not care, others do not exist; the shell's own is the shell's business."""
    pids = [word for word in process.arguments if not word.startswith("-")]
    for pid in pids:
        if pid not in {str(known) for known, _ in process.around.processes}:
            return await process.fail(f"can't kill pid {pid}: No such process")
    return 0


async def test(process: Process) -> int:
    """`test` and `[`: files, strings and numbers."""
    words = list(process.arguments)
    if process.name == "[":
        words = words[:-1]
    negated = words[:1] == ["!"]
    return int(_holds(process, words[negated:]) is negated)


def _holds(process: Process, words: list[str]) -> bool:
    files = process.around.files
    if len(words) == 2:
        operator, value = words
        path = process.path(value)
        if operator in ("-z", "-n"):
            return (value == "") is (operator == "-z")
        if operator == "-d":
            return files.is_dir(path)
        if operator == "-f":
            return files.exists(path) and not files.is_dir(path)
        if operator == "-t":
            return process.terminal is not None
        found = files.exists(path) or (path.rpartition("/")[2] in APPLETS and path.startswith(("/bin/", "/usr/bin/")))
        return found and operator in ("-e", "-x", "-r", "-s", "-w")
    if len(words) == 3:
        left, operator, right = words
        if operator in ("=", "=="):
            return left == right
        if operator == "!=":
            return left != right
        numbers = int(left or 0), int(right or 0)
        order = (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
        allowed = {"-eq": (0,), "-ne": (-1, 1), "-lt": (-1,), "-gt": (1,), "-le": (-1, 0), "-ge": (0, 1)}
        return order in allowed.get(operator, ())
    return words not in ([], [""])


async def nslookup(process: Process) -> int:
    """A name is known when there is a Service of that name."""
    wanted = process.arguments[0] if process.arguments else ""
    name, _, rest = wanted.partition(".")
    namespace = rest.partition(".")[0] or process.around.pod["metadata"]["namespace"]
    service = process.around.store.find("services", namespace, name)
    await process.say("Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n")
    if service is None:
        await process.say(f"** server can't find {wanted}.{namespace}.svc.cluster.local: NXDOMAIN")
        return 1
    address = service["spec"].get("clusterIP", "10.96.0.1")
    await process.say(f"Name:\t{name}.{namespace}.svc.cluster.local\nAddress: {address}")
    return 0


async def wget(process: Process) -> int:
    """`wget [-qO-] URL` and `curl URL`: an answer from whatever listens in this pod."""
    url = next((word for word in process.arguments if not word.startswith("-")), "")
    match = re.match(r"(?:http://)?(?:localhost|127\.0\.0\.1)(?::(\d+))?(?:/|$)", url)
    if match is None:
        return await process.fail(f"bad address '{url.removeprefix('http://').partition('/')[0]}'")
    port = int(match.group(1) or 80)
    if port not in process.around.ports:
        return await process.fail(f"can't connect to remote host (127.0.0.1): Connection refused ({port})")
    await process.say("ok")
    return 0


async def nc(process: Process) -> int:
    """`nc -z HOST PORT`."""
    ports = [int(word) for word in process.arguments if word.isdigit()]
    return int(not all(port in process.around.ports for port in ports))


async def redis_cli(process: Process) -> int:
    """`redis-cli COMMAND`; alone it only knows that it is connected."""
    if 6379 not in process.around.ports:
        await process.say("Could not connect to Redis at 127.0.0.1:6379: Connection refused")
        return 1
    word = process.arguments[0].upper() if process.arguments else "PING"
    answers = {"PING": "PONG", "DBSIZE": "(integer) 3", "INFO": "# Server\nredis_version:7.4.1\nredis_mode:standalone"}
    await process.say(answers.get(word, f"(error) ERR unknown command '{word.lower()}'"))
    return 0


APPLETS: dict[str, Applet] = {
    "[": test,
    "cat": cat,
    "curl": wget,
    "date": date,
    "echo": echo,
    "env": env,
    "false": false,
    "grep": grep,
    "head": head,
    "hostname": hostname,
    "id": identity,
    "kill": kill,
    "ls": ls,
    "mkdir": mkdir,
    "nc": nc,
    "nslookup": nslookup,
    "printenv": printenv,
    "printf": printf,
    "ps": ps,
    "rm": rm,
    "sha256sum": sha256sum,
    "sleep": sleep,
    "stty": stty,
    "tail": tail,
    "tee": tee,
    "test": test,
    "touch": touch,
    "true": true,
    "tty": tty,
    "uname": uname,
    "wc": wc,
    "wget": wget,
    "whoami": whoami,
}
"""Every image with a shell has these; the shell itself is in `shell.py`."""

IMAGE_APPLETS: dict[str, dict[str, Applet]] = {"redis": {"redis-cli": redis_cli}}
"""What comes with an image, by a part of its name."""


async def run(applet: Applet, process: Process) -> int:
    """An applet, with the errors of files turned into a message."""
    try:
        return await applet(process)
    except OSError as error:
        return await process.fail(f"{error.filename or error}: {why(error)}")
