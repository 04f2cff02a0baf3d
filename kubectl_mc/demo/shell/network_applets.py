"""Commands that look at the pod's network: what is answered follows from ports and Services."""

import re

from kubectl_mc.demo.shell.processes import Process


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
