"""There is one version: that of pyproject.toml. Packages, images, manifests, documents and changelog repeat it."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHANGELOG = ROOT / "CHANGELOG.md"
RELEASE = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", re.MULTILINE)


def toml(path: Path) -> Any:
    return tomllib.loads(path.read_text())


VERSION: str = toml(ROOT / "pyproject.toml")["project"]["version"]
PACKAGES = [
    path
    for member in toml(ROOT / "pyproject.toml")["tool"]["uv"]["workspace"]["members"]
    for path in ROOT.glob(f"{member}/pyproject.toml")
]


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_of_a_package(path: Path) -> None:
    assert toml(path)["project"]["version"] == VERSION


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_of_the_web_app(name: str) -> None:
    assert json.loads((ROOT / "frontend" / name).read_text())["version"] == VERSION


def test_of_the_images() -> None:
    files = ROOT.glob("deploy/docker/*/Dockerfile")
    assert {v for file in files for v in re.findall(r"^ARG VERSION=(.+)$", file.read_text(), re.MULTILINE)} == {VERSION}
    base = yaml.safe_load((ROOT / "deploy/kubernetes/base/kustomization.yaml").read_text())
    assert {image["newTag"] for image in base["images"]} == {VERSION}


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_of_a_document_for_clients(name: str) -> None:
    assert json.loads((ROOT / "docs" / name).read_text())["info"]["version"] == VERSION


def test_of_the_newest_release() -> None:
    headings = [line for line in CHANGELOG.read_text().splitlines() if line.startswith("## ")]
    assert headings[0] == "## [Unreleased]"
    assert all(RELEASE.match(heading) for heading in headings[1:])
    assert [match[1] for match in map(RELEASE.match, headings[1:2]) if match] in ([], [VERSION])


def test_release_notes_are_the_section_of_the_changelog() -> None:
    command = ["make", "--silent", "release-notes", "VERSION=Unreleased"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert printed.startswith("### ")
    assert printed in CHANGELOG.read_text()
    assert "\n## " not in printed
    unknown = subprocess.run([*command[:-1], "VERSION=0.0.0"], cwd=ROOT, check=False, capture_output=True)
    assert unknown.returncode != 0
