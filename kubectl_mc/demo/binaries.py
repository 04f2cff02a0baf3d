"""What can be executed in an image, to tell a misspelt command from a right one.

Refuses to judge images that it does not know, and paths in volumes: what is not known to be missing may be there.
"""

from __future__ import annotations

import posixpath
from typing import Any

from kubectl_mc.demo.images import Image
from kubectl_mc.demo.shell.files import BASE_DIRECTORIES
from kubectl_mc.demo.shell.interpreter import commands_of

Object = dict[str, Any]

_PREFIX = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed"

DIRECTORIES = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
"""Where commands lie; they are in all of them alike."""

_BUSYBOX = """
[[ adduser addgroup arch arping ash awk base64 basename bc busybox bzip2 cal chgrp chmod chown chroot cksum clear cmp
comm cp cpio crond crontab cut dc dd df diff dirname dmesg dnsdomainname du egrep expand expr factor fallocate fgrep
find flock fold free fsync ftpget ftpput fuser getopt groups gunzip gzip hd hexdump hostid httpd ifconfig install ip
ipcalc killall less link ln logger login logname lsof md5sum mkfifo mknod mktemp more mount mv netstat nice nl nohup
nproc nsenter od passwd paste patch pgrep pidof ping ping6 pkill pwd readlink realpath renice reset rev rmdir route
run-parts sed seq setsid sha1sum sha512sum shuf sort split stat strings su sum sync sysctl tac tar telnet time timeout
top tr traceroute truncate udhcpc umount unexpand uniq unlink unxz unzip uptime usleep uudecode uuencode vi watch
which who xargs xxd xz yes zcat
"""
"""What is in BusyBox beside the commands that can be executed here."""
_COMMON = frozenset(_BUSYBOX.split())

_OWN: dict[str, frozenset[str]] = {
    "alpine": frozenset({"apk"}),
    "busybox": frozenset(),
    "curl": frozenset({"curl"}),
    "fluent-bit": frozenset({"fluent-bit", "/fluent-bit/bin/fluent-bit"}),
    "git": frozenset({"git"}),
    "haproxy": frozenset({"haproxy"}),
    "nginx": frozenset({"nginx", "nginx-debug", "/docker-entrypoint.sh"}),
    "node": frozenset({"node", "npm", "npx", "yarn", "corepack"}),
    "postgres": frozenset({"postgres", "psql", "pg_dump", "pg_isready", "initdb"}),
    "redis": frozenset({"redis-server", "redis-sentinel", "redis-benchmark", "redis-check-aof"}),
}
"""The images that are known, by name, with the programs that are theirs."""

_WITHOUT_ENTRYPOINT = ("alpine", "busybox")
"""Images in which the arguments alone are the command."""


def start_error(container: Object) -> str:
    """Why containerd can't start the container's command, in its own words; "" where it can, or where that is open."""
    image = Image(container["image"])
    words = container.get("command") or (container.get("args") if image.name in _WITHOUT_ENTRYPOINT else None)
    if not words:
        return ""
    path = str(words[0])
    why = _why_not(image, path, [mount["mountPath"] for mount in container.get("volumeMounts") or []])
    return f'{_PREFIX}: unable to start container process: exec: "{path}": {why}: unknown' if why else ""


def missing(path: str) -> str:
    """How runc says that there is no such program."""
    return f"stat {path}: no such file or directory" if "/" in path else "executable file not found in $PATH"


def _why_not(image: Image, path: str, mounts: list[str]) -> str:
    """What is wrong with a command's first word, or ""."""
    directory, name = posixpath.split(path)
    common = name in _COMMON or name in commands_of(image.reference, has_bash=True)
    common = common and directory in ("", *DIRECTORIES)
    if not image.has_shell:
        return missing(path) if common else ""
    own = _OWN.get(image.name)
    if own is None or common or path in own or (name in own and directory in DIRECTORIES):
        return ""
    # Relative paths begin at the working directory, and a variable's value is not known here.
    if "$(" in path or (directory and not posixpath.isabs(path)):
        return ""
    if any(path.startswith(mount.rstrip("/") + "/") for mount in mounts):
        return ""
    if path.strip("/") in BASE_DIRECTORIES or path in DIRECTORIES:
        return "permission denied"
    return missing(path)
