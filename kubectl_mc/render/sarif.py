"""SARIF 2.1.0, the format in which CI systems take findings and show them beside the lines of a change.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from kubectl_mc import __version__
from kubectl_mc.doctor.catalogue import KINDS
from kubectl_mc.doctor.finding import Certainty, Grade
from kubectl_mc.doctor.review.remark import Remark
from kubectl_mc.errors import McError

_LEVELS = {Grade.ERROR: "error", Grade.WARNING: "warning", Grade.INFO: "note"}


def sarif_document(remarks: Sequence[Remark], errors: Iterable[McError] = ()) -> dict[str, Any]:
    """One run of the review. What could not be read is told as a notification of the run, not as a result."""
    ids = list(dict.fromkeys(remark.finding.id for remark in remarks))
    notifications = [{"level": "error", "message": {"text": error.message}} for error in errors]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "kubectl-mc", "version": __version__, "rules": [_rule(id_) for id_ in ids]},
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}
                ],
                "results": [_result(remark, ids.index(remark.finding.id)) for remark in remarks],
            }
        ],
    }


def _rule(id_: str) -> dict[str, Any]:
    return {"id": id_, "shortDescription": {"text": KINDS[id_].about}}


def _result(remark: Remark, index: int) -> dict[str, Any]:
    finding = remark.finding
    doubt = "likely: " if finding.certainty is Certainty.LIKELY else ""
    instead = f"\n\nInstead:\n{finding.instead}" if finding.instead else ""
    return {
        "ruleId": finding.id,
        "ruleIndex": index,
        "level": _LEVELS[finding.grade],
        "message": {"text": f"{doubt}{finding.summary}{instead}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(remark.file)},
                    "region": {"startLine": remark.line, "startColumn": remark.column},
                },
                "logicalLocations": [
                    {"fullyQualifiedName": f"{remark.kind}/{remark.name}/{finding.at}", "kind": "object"}
                ],
            }
        ],
        # Lines move with every change; what a finding is about stays, so that CI tells new ones from old ones.
        "partialFingerprints": {
            "finding/v1": "/".join((finding.id, remark.kind, finding.namespace, remark.name, finding.at))
        },
    }


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
