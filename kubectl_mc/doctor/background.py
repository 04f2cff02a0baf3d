"""Main processes that end at once because their work goes on in the background, or because nobody types."""

import re

from kubectl_mc.model.spec import ContainerSpec

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_SHELL_IMAGES = frozenset(
    {
        "alpine", "amazonlinux", "archlinux", "bash", "busybox", "centos", "debian", "fedora", "rockylinux", "ubi8",
        "ubi9", "ubuntu",
    }
)  # fmt: skip
"""Images whose own command is a shell."""

_DAEMONS = tuple(
    (re.compile(rf"(?:^|[/\s])(?:{starts})"), name, foreground)
    for starts, name, foreground in (
        (r"nginx(?=\s|$)(?!.*(?:daemon off|\s-[tvVs]\b))", "nginx", '-g "daemon off;"'),
        (r"httpd(?=\s+(?:-\w+\s+\S+\s+)*-p\b|\s+-k start)(?!.*(?:\s-\w*f\b|FOREGROUND))", "httpd", "-f"),
        (r"(?:apachectl|apache2ctl)(?=\s+(?:-k )?start)", "Apache", "apachectl -D FOREGROUND"),
        (r"sshd(?=\s|$)(?!.*\s-\w*[Dd])", "sshd", "-D"),
        (r"crond(?=\s|$)(?!.*\s-\w*[fn])", "crond", "-f"),
        (r"supervisord(?=\s|$)(?!.*(?:\s-n\b|--nodaemon))", "supervisord", "-n"),
        (r"dnsmasq(?=\s|$)(?!.*(?:\s-\w*[kd]\b|--keep-in-foreground|--no-daemon))", "dnsmasq", "-k"),
        (r"\S.*\s--daemon(?:ize)?(?:[= ](?:yes|true))?(?=\s|$)", "its program", "no --daemonize"),
        (r"(?:systemctl|service|init\.d/\S+|rc-service)\s+(?:\S+\s+)?start\b", "a service", "its program itself"),
    )
)
"""Servers that stay in the foreground only if they are told so: what starts them, and what tells them."""
_AMPERSAND = re.compile(r"(?<![&>|])&\s*(?:$|;|\n)(?!.*\b(?:wait|sleep|tail|exec)\b)", re.DOTALL)


def background_start(spec: ContainerSpec) -> str:
    """Why a main process ends at once although nothing failed, and what helps; empty where its command doesn't tell."""
    words = spec.words
    line = " ".join(words).strip()
    for pattern, name, foreground in _DAEMONS:
        if pattern.search(line):
            return f"{name} goes on in the background, which ends the main process; start it with {foreground}"
    if _AMPERSAND.search(line):
        return "its script ends while what it started goes on in the background; end it with `exec` or `wait`"
    if len(words) <= 1 and (words[0].rsplit("/", 1)[-1] in _SHELLS if words else _name(spec.image) in _SHELL_IMAGES):
        return "its command is a shell, which ends when nobody types; give it a command"
    return ""


def _name(image: str) -> str:
    """An image's own name, without registry, path, tag and digest."""
    return image.partition("@")[0].rsplit("/", 1)[-1].partition(":")[0]
