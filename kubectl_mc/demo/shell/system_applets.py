"""Commands that tell of the container and its processes, in BusyBox's words."""

import asyncio
import shlex

from kubectl_mc.demo.shell.processes import SHELL_PID, Process, now


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
    await process.say(now(process, form))
    return 0


async def uname(process: Process) -> int:
    """`uname [-a]`."""
    long = f"Linux {process.around.hostname} 6.6.0 #1 SMP x86_64 GNU/Linux"
    await process.say(long if "-a" in process.arguments else "Linux")
    return 0


async def kill(process: Process) -> int:
    """`kill [-SIGNAL] PID`: process 1 does not care, others do not exist; the shell's own is the shell's business."""
    pids = [word for word in process.arguments if not word.startswith("-")]
    for pid in pids:
        if pid not in {str(known) for known, _ in process.around.processes}:
            return await process.fail(f"can't kill pid {pid}: No such process")
    return 0
