"""A pod deleted, once its name was typed."""

from typing import TYPE_CHECKING

from kubectl_mc.errors import McError
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.resources import PODS
from kubectl_mc.render.text import one_line
from kubectl_mc.tui.screens.confirm import ConfirmScreen

if TYPE_CHECKING:
    from kubectl_mc.tui.app import Dashboard


def remove_pod(dashboard: "Dashboard", pod: Pod) -> None:
    """Ask, and delete the pod if it was confirmed."""
    owner = next((owner for owner in pod.owners if owner.controller), None)
    after = f"{owner.kind} {owner.name} will make another one" if owner is not None else "nothing will make another one"

    async def delete() -> None:
        try:
            await dashboard.cluster.delete(PODS, pod.namespace, pod.name, uid=pod.uid)
            dashboard.say(f"pod {pod.name} is being deleted")
        except McError as error:
            dashboard.notify(one_line(error.message), severity="error", timeout=15, markup=False)

    def answered(confirmed: bool | None) -> None:
        if confirmed:
            dashboard.run_worker(delete())

    question = f"Delete pod {one_line(pod.name)} in {one_line(pod.namespace)}? {one_line(after)}."
    dashboard.push_screen(ConfirmScreen(question, pod.name), answered)
