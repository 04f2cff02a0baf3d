"""The API server over HTTP: who asks, may they, what do they mean, and the answer as JSON or as a stream.

Owns the order of those questions and the streams; what the answers are is in the modules it calls.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import hdrs, web

from kubectl_mc.demo import discovery, errors, podlogs, protobuf, reviews
from kubectl_mc.demo.auth import Auth, User
from kubectl_mc.demo.channels import remote_command
from kubectl_mc.demo.clock import Clock
from kubectl_mc.demo.faults import Faults
from kubectl_mc.demo.node import Node
from kubectl_mc.demo.paths import Target, target
from kubectl_mc.demo.reads import Form, flag, page
from kubectl_mc.demo.resources import ACCESS_REVIEWS, POD_METRICS, Resource, served
from kubectl_mc.demo.scales import scale_of
from kubectl_mc.demo.sessions import Sessions
from kubectl_mc.demo.store import Object, Store
from kubectl_mc.demo.watches import Watch
from kubectl_mc.demo.writes import Writes

MAX_BODY = 3 * 1024 * 1024
"""The real server's limit for a request."""


class ApiServer:
    """Every handler of the simulated API; `app` is what a web runner serves."""

    def __init__(self, store: Store, clock: Clock, auth: Auth, node: Node, faults: Faults) -> None:
        self._store = store
        self._clock = clock
        self._auth = auth
        self._node = node
        self._faults = faults
        self._writes = Writes(store, clock)
        self._sessions = Sessions(store, node, clock)
        self.app = web.Application(client_max_size=MAX_BODY)
        self.app.router.add_route("*", "/{path:.*}", self._handle)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        """The one handler: an ApiError becomes a Status here and nowhere else."""
        if self._faults.seconds:
            await asyncio.sleep(self._faults.seconds)
        if self._faults.throttles():
            return _throttled(self._faults.retry_after)
        try:
            return await self._answer(request, self._auth.user(request.headers))
        except errors.ApiError as error:
            return _json(error.status(), status=error.code)

    async def _answer(self, request: web.Request, user: User) -> web.StreamResponse:
        watching = flag(request.query, "watch")
        wanted = target(request.method, request.path, watch=watching)
        if wanted is None:
            return _document(request)
        resource = served(wanted.group, wanted.version, wanted.plural)
        if resource is not ACCESS_REVIEWS:
            # Everyone may ask what they may do (`system:basic-user`).
            self._auth.check(user, wanted.attempt)
        if resource is None or (resource is POD_METRICS and self._faults.no_metrics):
            return _unserved(wanted)
        if wanted.subresource:
            return await self._subresource(request, wanted, resource)
        if wanted.verb not in resource.verbs or wanted.misplaced:
            raise errors.method_not_allowed()
        if resource is ACCESS_REVIEWS:
            review = await _review(request)
            return _json(reviews.access_review(self._auth, user, review), status=201)
        if resource is POD_METRICS:
            return _json(reviews.metrics(self._store, self._node, self._clock, wanted, request.query))
        return await self._stored(request, wanted, resource)

    async def _stored(self, request: web.Request, wanted: Target, resource: Resource) -> web.StreamResponse:
        """The verbs on objects of the store."""
        form = Form.of(request.headers.get(hdrs.ACCEPT, ""), request.query)
        now = self._clock.now()
        if wanted.verb == "watch":
            return await self._watch(request, wanted, form)
        if wanted.verb == "list":
            objects, metadata = page(self._store, wanted, request.query)
            return _json(form.many(wanted.plural, objects, metadata, now))
        if wanted.verb == "deletecollection":
            gone = self._writes.delete_all(wanted, request.query)
            return _json(form.many(wanted.plural, gone, {"resourceVersion": str(self._store.version)}, now))
        if wanted.verb == "delete":
            return _json(self._writes.delete(wanted, request.query, await _body(request)))
        if wanted.verb == "get":
            namespace = wanted.namespace if resource.namespaced else ""
            return _json(form.one(wanted.plural, self._store.get(wanted.plural, namespace, wanted.name), now))
        return await self._write(request, wanted, form)

    async def _subresource(self, request: web.Request, wanted: Target, resource: Resource) -> web.StreamResponse:
        """`pods/log` and its like."""
        found = [each for each in resource.subresources if each.name == wanted.subresource]
        if not found:
            raise errors.no_such_path()
        if wanted.verb not in found[0].verbs:
            raise errors.method_not_allowed()
        if wanted.subresource == "log":
            return await self._log(request, wanted)
        if wanted.subresource in ("exec", "attach"):
            return await self._remote_command(request, wanted)
        if wanted.subresource == "scale":
            return await self._scale(request, wanted)
        form = Form.of(request.headers.get(hdrs.ACCEPT, ""), request.query)
        if wanted.verb == "get":
            obj = self._store.get(wanted.plural, wanted.namespace, wanted.name)
            return _json(form.one(wanted.plural, obj, self._clock.now()))
        return await self._write(request, wanted, form)

    async def _scale(self, request: web.Request, wanted: Target) -> web.Response:
        """A workload's Scale, read or written. It has no table: kubectl prints name and age."""
        if wanted.verb == "get":
            return _json(scale_of(self._store.get(wanted.plural, wanted.namespace, wanted.name)))
        body = await _written(request)
        return _json(self._writes.scale(wanted, body, "" if wanted.verb == "update" else request.content_type))

    async def _write(self, request: web.Request, wanted: Target, form: Form) -> web.Response:
        """create, update and patch."""
        body = await _written(request)
        if wanted.verb == "create":
            obj, status = self._writes.create(wanted, body), 201
        elif wanted.verb == "update":
            obj, status = self._writes.update(wanted, body), 200
        else:
            obj, status = self._writes.patch(wanted, body, request.content_type), 200
        return _json(form.one(wanted.plural, obj, self._clock.now()), status=status)

    async def _watch(self, request: web.Request, wanted: Target, form: Form) -> web.StreamResponse:
        watch = Watch(self._store, self._clock, wanted, request.query, form)
        lines = watch.lines(
            self._faults.bookmark_every, asyncio.get_running_loop().time, expired=self._faults.expires()
        )
        return await self._stream(request, lines, "application/json")

    async def _log(self, request: web.Request, wanted: Target) -> web.StreamResponse:
        options = podlogs.LogOptions.of(wanted.name, request.query, self._clock.now())
        pod = self._store.get("pods", wanted.namespace, wanted.name)
        container = podlogs.container_of(pod, options.container)
        if podlogs.unassigned(pod):
            return web.Response(status=204)
        container_id = podlogs.instance(pod, container, previous=options.previous)
        return await self._stream(request, podlogs.body(self._node, self._faults, options, container_id), "text/plain")

    async def _remote_command(self, request: web.Request, wanted: Target) -> web.StreamResponse:
        pod = self._store.get("pods", wanted.namespace, wanted.name)
        container = podlogs.container_of(pod, request.query.get("container", ""))
        if podlogs.unassigned(pod):
            raise errors.bad_request(f"pod {wanted.name} does not have a host assigned")
        if request.headers.get(hdrs.UPGRADE, "").lower() != "websocket":
            raise errors.bad_request("Upgrade request required")
        attach = wanted.subresource == "attach"
        command = tuple(request.query.getall("command", []))
        session = self._sessions.session(pod, container, command, attach=attach)
        transport = _transport(request)
        self._faults.opened(transport)
        try:
            return await remote_command(request, session, v5=not self._faults.only_v4)
        finally:
            self._faults.closed(transport)

    async def _stream(
        self, request: web.Request, pieces: AsyncIterator[bytes], content_type: str
    ) -> web.StreamResponse:
        """Sends pieces as they come; ends when they end or when the client is gone."""
        response = web.StreamResponse(
            headers={hdrs.CONTENT_TYPE: content_type, hdrs.CACHE_CONTROL: "no-cache, private"}
        )
        transport = _transport(request)
        self._faults.opened(transport)
        try:
            await response.prepare(request)
            async for piece in pieces:
                await response.write(piece)
            await response.write_eof()
        except ConnectionError:
            # The client hung up, or drop_connections did: there is nobody left to tell.
            pass
        finally:
            self._faults.closed(transport)
        return response


def _transport(request: web.Request) -> asyncio.Transport:
    """The connection of a request. ConnectionError when it is closed already."""
    if request.transport is None:
        raise ConnectionResetError
    assert isinstance(request.transport, asyncio.Transport)
    return request.transport


def _unserved(wanted: Target) -> web.Response:
    """A resource that is not served: a Status within a group that is, plain text elsewhere."""
    if discovery.serves(wanted.group):
        raise errors.no_such_path()
    return _page_not_found()


def _page_not_found() -> web.Response:
    return web.Response(text="404 page not found\n", status=404)


def _document(request: web.Request) -> web.Response:
    """Discovery and health checks; for the rest the plain text of the real server."""
    found = discovery.document(request.path)
    if found is None:
        return _page_not_found()
    if request.method not in ("GET", "HEAD"):
        raise errors.method_not_allowed()
    return web.Response(text=found) if isinstance(found, str) else _json(found)


def _json(body: Object, *, status: int = 200) -> web.Response:
    content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return web.Response(body=content, status=status, content_type="application/json")


def _throttled(retry_after: int) -> web.Response:
    """What API priority and fairness answers when there are too many requests."""
    message = "Too many requests, please try again later."
    error = errors.ApiError(429, "TooManyRequests", message, {"retryAfterSeconds": retry_after})
    response = _json(error.status(), status=429)
    response.headers[hdrs.RETRY_AFTER] = str(retry_after)
    return response


async def _review(request: web.Request) -> Any:
    """An access review, which kubectl sends as protobuf."""
    if request.content_type == protobuf.MEDIA_TYPE:
        return protobuf.access_review(await request.read())
    return await _body(request)


async def _written(request: web.Request) -> Any:
    """What the client wants written. ApiError 400, for a dry run as well."""
    body = await _body(request)
    if "dryRun" in request.query:
        raise errors.bad_request("the simulated cluster knows no dry run")
    return body


async def _body(request: web.Request) -> Any:
    """The JSON of a request, None when it has none. ApiError 400."""
    content = await request.read()
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError as error:
        raise errors.bad_request(f"the object provided is unrecognized: json parse error: {error}") from error
