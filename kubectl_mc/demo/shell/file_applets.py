"""Commands on files and directories, in BusyBox's words."""

from kubectl_mc.demo.shell.processes import Process, now


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
                await process.say(f"{mode} root     root     {size:>9} {now(process, '%b %d %H:%M')} {each}")
            else:
                await process.say(each)
    return code


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
        in_path = path.rpartition("/")[2] in process.around.commands and path.startswith(("/bin/", "/usr/bin/"))
        found = files.exists(path) or in_path
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
