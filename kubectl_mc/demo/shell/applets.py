"""The table of the simulated containers' commands.

An applet gets its process and returns its exit code. Binary data goes through unchanged.
"""

import posixpath
from collections.abc import Awaitable, Callable, Mapping

from kubectl_mc.demo.shell import file_applets, network_applets, system_applets, text_applets
from kubectl_mc.demo.shell.processes import Process, reason

NOT_FOUND = 127
"""The exit code of a command that there is not."""

Applet = Callable[[Process], Awaitable[int]]

APPLETS: dict[str, Applet] = {
    "[": file_applets.test,
    "cat": text_applets.cat,
    "curl": network_applets.wget,
    "date": system_applets.date,
    "echo": text_applets.echo,
    "env": system_applets.env,
    "false": system_applets.false,
    "grep": text_applets.grep,
    "head": text_applets.head,
    "hostname": system_applets.hostname,
    "id": system_applets.identity,
    "kill": system_applets.kill,
    "ls": file_applets.ls,
    "mkdir": file_applets.mkdir,
    "nc": network_applets.nc,
    "nslookup": network_applets.nslookup,
    "printenv": system_applets.printenv,
    "printf": text_applets.printf,
    "ps": system_applets.ps,
    "rm": file_applets.rm,
    "sha256sum": text_applets.sha256sum,
    "sleep": system_applets.sleep,
    "stty": system_applets.stty,
    "tail": text_applets.tail,
    "tee": text_applets.tee,
    "test": file_applets.test,
    "touch": file_applets.touch,
    "true": system_applets.true,
    "tty": system_applets.tty,
    "uname": system_applets.uname,
    "wc": text_applets.wc,
    "wget": network_applets.wget,
    "whoami": system_applets.whoami,
}
"""Every image with a shell has these, and the shell itself."""

IMAGE_APPLETS: dict[str, dict[str, Applet]] = {"redis": {"redis-cli": network_applets.redis_cli}}
"""What comes with an image, by a part of its name."""


async def execute(process: Process, commands: Mapping[str, Applet]) -> int:
    """Runs a command that is no builtin and turns errors of files into a message; 127 when there is none."""
    name = process.argv[0]
    in_path = "/" not in name or posixpath.dirname(name) in ("/bin", "/usr/bin", "/usr/local/bin")
    applet = commands.get(posixpath.basename(name)) if in_path else None
    if applet is None:
        await process.err(f"sh: {name}: not found\n".encode())
        return NOT_FOUND
    try:
        return await applet(process)
    except OSError as error:
        return await process.fail(f"{error.filename or error}: {reason(error)}")
