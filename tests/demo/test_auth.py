"""Who may do what, and the words of the refusals."""

from tests.demo.client import PODS, own_cluster, pod

REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


async def test_an_unknown_token_is_unauthorized() -> None:
    async with own_cluster() as api:
        answer = await api.get(PODS, user="stranger")
        assert (answer.status, answer.json["reason"], answer.message) == (401, "Unauthorized", "Unauthorized")


async def test_the_viewer_may_nothing_until_it_is_granted() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"))
        refused = await api.get(PODS, user="demo-viewer")
        assert refused.status == 403
        assert refused.message == (
            'pods is forbidden: User "demo-viewer" cannot list resource "pods" in API group "" in the namespace "demo"'
        )
        assert refused.json["details"] == {"kind": "pods"}
        api.cluster.auth.grant("demo-viewer", ["get", "list"], ["pods"], "demo")
        assert (await api.get(PODS, user="demo-viewer")).names == ["one"]
        assert (await api.get("/api/v1/pods", user="demo-viewer")).message.endswith("at the cluster scope")
        log = await api.get(f"{PODS}/one/log", user="demo-viewer")
        assert log.message.startswith('pods "one" is forbidden: User "demo-viewer" cannot get resource "pods/log"')


async def test_the_admin_may_be_someone_else() -> None:
    async with own_cluster() as api:
        someone = {"Impersonate-User": "someone", "Impersonate-Group": "team"}
        refused = await api.get(PODS, headers=someone)
        assert 'User "someone" cannot list resource "pods"' in refused.message
        api.cluster.auth.grant("someone", ["list"], ["pods"])
        assert (await api.get(PODS, headers=someone)).status == 200


async def test_the_viewer_may_not() -> None:
    async with own_cluster() as api:
        answer = await api.get(PODS, user="demo-viewer", headers={"Impersonate-User": "someone"})
        assert answer.status == 403
        assert answer.message == (
            'users "someone" is forbidden: User "demo-viewer" cannot impersonate resource "users" '
            'in API group "" at the cluster scope'
        )


async def test_everyone_may_ask_what_they_may() -> None:
    async with own_cluster() as api:
        asked = {"resourceAttributes": {"namespace": "demo", "verb": "get", "resource": "pods", "subresource": "log"}}
        review = {"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "spec": asked}
        answer = await api.request("POST", REVIEW, body=review, user="demo-viewer")
        assert (answer.status, answer.json["status"]) == (201, {"allowed": False})
        api.cluster.auth.grant("demo-viewer", ["get"], ["pods/log"], "demo")
        answer = await api.request("POST", REVIEW, body=review, user="demo-viewer")
        assert answer.json["status"] == {"allowed": True}
