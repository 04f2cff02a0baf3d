"""Commands that read and write text or bytes, in BusyBox's words."""

import asyncio
import hashlib
import re

from kubectl_mc.demo.shell.processes import Process, reason


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
            code = await process.fail(f"can't open '{name}': {reason(error)}")
    return code


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
