"""The pages of the repository: lines fit, links lead somewhere, decision records are numbered, dated and listed."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COLUMNS = 125
DECISIONS = ROOT / "docs" / "decisions"
RECORDS = sorted(DECISIONS.glob("[0-9]*.md"))
HEAD = re.compile(r"# (.+)\n\nDate: (\d{4}-\d\d-\d\d)\. Status: (accepted|superseded by \d{4})\.\n\n")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")


def pages() -> list[Path]:
    """Every page that git knows or would add."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "*.md"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).exists()]


def fits(line: str) -> bool:
    """Rows of tables and lines that hold one long address can not be wrapped."""
    return len(line) <= COLUMNS or line.lstrip().startswith("|") or "://" in max(line.split(), key=len)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
class TestPages:
    def test_lines_fit(self, page: Path) -> None:
        assert [n for n, line in enumerate(page.read_text().splitlines(), 1) if not fits(line)] == []

    def test_links_lead_somewhere(self, page: Path) -> None:
        assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


class TestDecisionRecords:
    def test_are_numbered_without_a_gap(self) -> None:
        assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))

    def test_the_index_lists_each_with_its_title_date_and_status(self) -> None:
        heads = [HEAD.match(record.read_text()) for record in RECORDS]
        rows = [
            f"| [{record.name[:4]}]({record.name}) | {' | '.join(head.groups())} |"
            for record, head in zip(RECORDS, heads, strict=True)
            if head
        ]
        assert [row for row in (DECISIONS / "README.md").read_text().splitlines() if row.startswith("| [")] == rows
