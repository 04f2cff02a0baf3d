"""What a cluster answers. Only the worker imports this, since it brings the client along."""

import asyncio
from collections.abc import Mapping, Sequence

from kubectl_mc.cluster.client import Scope
from kubectl_mc.cluster.connect import connect
from kubectl_mc.cluster.targets import find_pods
from kubectl_mc.completion.cluster_names import Question
from kubectl_mc.completion.names import containers_of
from kubectl_mc.completion.reply import Candidate
from kubectl_mc.model.targets import parse_query


def candidates(question: Question, environ: Mapping[str, str]) -> Sequence[Candidate]:
    """The answer to a question.

    Raises:
        McError: the cluster cannot be asked, or refuses.
    """
    return asyncio.run(_ask(question, environ))


async def _ask(question: Question, environ: Mapping[str, str]) -> Sequence[Candidate]:
    async with connect(question.flags, environ, may_ask=lambda: False, notify=lambda _: None) as client:
        if question.resource is None:
            return containers_of((await find_pods(client, parse_query(list(question.targets)))).pods)
        namespace = client.namespace if question.resource.namespaced else None
        return [Candidate(name) for name in await client.names(Scope(question.resource, namespace))]
