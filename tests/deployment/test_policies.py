"""The rules themselves find what they are there to find."""

import copy
from typing import Any

import pytest

from . import policies

GOOD: dict[str, Any] = {
    "automountServiceAccountToken": False,
    "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "image": "registry.example.com/services:1.0",
            "securityContext": {
                "readOnlyRootFilesystem": True,
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            },
            "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}},
        }
    ],
}


def test_a_good_pod_breaks_no_rule() -> None:
    assert policies.pod_violations(GOOD) == []


def test_a_bare_pod_breaks_every_rule() -> None:
    bare = {"hostPID": True, "volumes": [{"hostPath": {}}], "containers": [{"image": "services"}]}
    assert len(policies.pod_violations(bare)) == 11


@pytest.mark.parametrize("image", ["services", "services:latest", "registry:5000/services"])
def test_an_image_without_a_version_is_found(image: str) -> None:
    pod = copy.deepcopy(GOOD)
    pod["containers"][0]["image"] = image
    assert policies.pod_violations(pod) == ["runs whatever image is newest"]


def test_missing_probes_are_found() -> None:
    assert len(policies.probe_violations({"containers": [{}]})) == 3
    ready = {"httpGet": {"path": "/readyz"}}
    probes = dict.fromkeys(("startupProbe", "readinessProbe", "livenessProbe"), ready)
    assert policies.probe_violations({"containers": [probes]}) == [
        "is restarted when a dependency is down",
        "is taken away with all others when what they share is down",
    ]


def test_an_edge_needs_both_ends() -> None:
    a, b = {"app": "a"}, {"app": "b"}
    rule = {"ports": [{"port": 80}]}
    out = {"podSelector": {"matchLabels": a}, "egress": [rule | {"to": [{"podSelector": {"matchLabels": b}}]}]}
    into = {"podSelector": {"matchLabels": b}, "ingress": [rule | {"from": [{"podSelector": {"matchLabels": a}}]}]}
    policy = [{"kind": "NetworkPolicy", "spec": spec} for spec in (out, into)]
    assert policies.allowed(policy, a, b, 80)
    assert not policies.allowed(policy, a, b, 81)
    assert not policies.allowed(policy, b, a, 80)
    assert not policies.allowed(policy[:1], a, b, 80)
