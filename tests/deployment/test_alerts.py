"""Alert rules and dashboard: they do what they say, and ask for figures that there are."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((FOLDER / "dashboards" / "todobus.json").read_text())
FROM_PROMETHEUS = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
METRIC = re.compile(r"\b(?:up|[a-z]+(?:_[a-z]+)+)\b(?=[{\[)\s]|$)")
SUFFIX = re.compile(r"_(bucket|count|sum)$")


@pytest.mark.deployment
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is in Debian's package prometheus")
@pytest.mark.parametrize("arguments", [["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]])
def test_the_rules_hold_what_their_tests_say(arguments: list[str]) -> None:
    done = subprocess.run(["promtool", *arguments], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def metrics(expression: str) -> set[str]:
    bare = re.sub(r"\{[^}]*\}", "", re.sub(r"by \([^)]*\)", "", expression))
    return {SUFFIX.sub("", name) for name in METRIC.findall(bare)}


def defined() -> set[str]:
    sources = [
        *ROOT.glob("libs/*/src/**/*.py"),
        *ROOT.glob("services/*/src/**/*.py"),
        *ROOT.glob("gateway/src/**/*.py"),
    ]
    found = re.findall(
        r"(?:Counter|Metric|Gauge|Histogram|MetricFamily)\(\s*\"([a-z_]+)\"", "".join(p.read_text() for p in sources)
    )
    return set(found) | FROM_PROMETHEUS


def test_names_are_found_in_expressions() -> None:
    assert metrics("histogram_quantile(0.5, sum by (le) (rate(http_request_seconds_bucket{a='b'}[5m])))") == {
        "http_request_seconds"
    }
    assert metrics("max(relay_oldest_seconds) > 30") == {"relay_oldest_seconds"}
    assert metrics('up{job="processes"} == 0') == {"up"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
class TestRules:
    def test_asks_for_figures_that_there_are(self, rule: dict[str, str]) -> None:
        asked = metrics(rule["expr"])
        assert asked
        assert asked <= defined()

    def test_leads_to_a_runbook(self, rule: dict[str, dict[str, str]]) -> None:
        path, _, anchor = rule["annotations"]["runbook"].partition("#")
        headings = re.findall(r"^#+ (.*)$", (ROOT / path).read_text(), re.MULTILINE)
        assert anchor in {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: panel["title"])
def test_a_panel_asks_for_figures_that_there_are(panel: dict[str, list[dict[str, str]]]) -> None:
    asked = set[str]().union(*(metrics(target["expr"]) for target in panel["targets"]))
    assert asked
    assert asked <= defined()
