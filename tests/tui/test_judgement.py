"""Which of the doctor's judgements stays when a pod is gone."""

from kubectl_mc.tui.judgement import Judgement, last_whole

WRONG, QUIET = Judgement("an image that can't be pulled"), Judgement(())
DYING = Judgement((), deleted=True)


def test_what_is_judged_while_a_pod_is_being_deleted_doesnt_hide_what_was_wrong_before() -> None:
    assert last_whole(WRONG, DYING) is WRONG


def test_before_a_pod_is_deleted_the_newest_judgement_counts() -> None:
    assert last_whole(WRONG, QUIET) is QUIET


def test_a_pod_that_was_being_deleted_from_the_first_has_no_other_judgement() -> None:
    assert last_whole(None, DYING) is DYING
    newer = Judgement("still there", deleted=True)
    assert last_whole(DYING, newer) is newer
