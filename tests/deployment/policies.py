"""Rules for Kubernetes objects: each function lists what is wrong, in words, and nothing where all is well."""

from collections.abc import Iterable, Iterator
from typing import Any

Object = dict[str, Any]


def kind(objects: Iterable[Object], *kinds: str) -> list[Object]:
    return [item for item in objects if item["kind"] in kinds]


def pods(objects: Iterable[Object]) -> Iterator[tuple[str, Object]]:
    """Name and pod specification of everything that runs pods."""
    for item in kind(objects, "Deployment", "StatefulSet", "Job"):
        yield f"{item['kind']}/{item['metadata']['name']}", item["spec"]["template"]["spec"]


def pod_violations(spec: Object) -> list[str]:
    context = spec.get("securityContext", {})
    rules = {
        "runs as root": context.get("runAsNonRoot") is True and context.get("runAsUser", 0) != 0,
        "has no seccomp profile": context.get("seccompProfile", {}).get("type") == "RuntimeDefault",
        "holds a token for the API server": spec.get("automountServiceAccountToken") is False,
        "uses the host": not any(spec.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")),
        "mounts the host's files": not any("hostPath" in volume for volume in spec.get("volumes", [])),
    }
    found = [name for name, holds in rules.items() if not holds]
    return found + [problem for container in spec["containers"] for problem in container_violations(container)]


def container_violations(container: Object) -> list[str]:
    context, resources = container.get("securityContext", {}), container.get("resources", {})
    tag = str(container["image"]).rpartition("/")[2].partition(":")[2]
    rules = {
        "can write to its image": context.get("readOnlyRootFilesystem") is True,
        "may gain privileges": context.get("allowPrivilegeEscalation") is False,
        "keeps capabilities": context.get("capabilities", {}).get("drop") == ["ALL"],
        "has no limits": {"cpu", "memory"} <= set(resources.get("limits", {})),
        "has no requests": {"cpu", "memory"} <= set(resources.get("requests", {})),
        "runs whatever image is newest": tag not in ("", "latest"),
    }
    return [name for name, holds in rules.items() if not holds]


def probe_violations(spec: Object) -> list[str]:
    found = []
    for container in spec["containers"]:
        probes = {name: container.get(name) for name in ("startupProbe", "readinessProbe", "livenessProbe")}
        found += [f"has no {name}" for name, probe in probes.items() if not probe]
        if "readyz" in str(probes["livenessProbe"]):
            found.append("is restarted when a dependency is down")
        if "readyz" in str(probes["readinessProbe"]):
            found.append("is taken away with all others when what they share is down")
    return found


def selects(selector: Object, labels: dict[str, str]) -> bool:
    wanted: dict[str, str] = selector.get("matchLabels", {})
    expressions = selector.get("matchExpressions", [])
    if not all(labels.get(key) == value for key, value in wanted.items()):
        return False
    return all(rule["operator"] == "In" and labels.get(rule["key"]) in rule["values"] for rule in expressions)


def allowed(objects: Iterable[Object], source: dict[str, str], target: dict[str, str], port: int) -> bool:
    """Whether the policies let a pod with labels `source` reach `port` of one with labels `target`."""
    policies = kind(objects, "NetworkPolicy")
    out = _passes(policies, "egress", "to", source, target, port)
    return out and _passes(policies, "ingress", "from", target, source, port)


def _passes(
    policies: list[Object], direction: str, end: str, subject: dict[str, str], peer: dict[str, str], port: int
) -> bool:
    rules = [
        rule
        for policy in policies
        if selects(policy["spec"]["podSelector"], subject)
        for rule in policy["spec"].get(direction, [])
    ]
    return any(
        port in [entry["port"] for entry in rule.get("ports", [])]
        and any("podSelector" in to and selects(to["podSelector"], peer) for to in rule.get(end, []))
        for rule in rules
    )
