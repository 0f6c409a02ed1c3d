"""Axe, which finds what keeps people from using a page: in both themes, on a wide and on the narrowest screen."""

from playwright.async_api import Page

from local_cluster.launcher.web_build import FRONTEND

AXE = FRONTEND / "node_modules/axe-core/axe.min.js"
SIZES = ({"width": 1280, "height": 800}, {"width": 320, "height": 640})
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A theme changes colours and nothing else: every rule is tried in the light one, the one about colours in both.
THEMES = {"light": {"type": "tag", "values": STANDARDS}, "dark": {"type": "rule", "values": ["color-contrast"]}}
PREPARE = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync('*, ::before, ::after { animation: none !important; transition: none !important }');
  document.adoptedStyleSheets = [still];
}"""
INSPECT = """async themes => {
  const found = [];
  for (const [theme, runOnly] of Object.entries(themes)) {
    document.documentElement.dataset.theme = theme;
    const options = { runOnly, resultTypes: ['violations'], preload: false };
    const { violations } = await axe.run({ exclude: ['option'] }, options);
    for (const { id, nodes } of violations)
      for (const { html, failureSummary } of nodes) found.push(`${theme}: ${id}: ${html} ${failureSummary}`);
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`${scrollWidth - clientWidth} px too wide`);
  return found;
}"""


async def assert_sound(page: Page, what: str) -> None:
    """Fails with every rule that the page as it stands now breaks, in either theme, wide and narrow.

    Of native lists only what is shown is looked at: there are 400 time zones.
    """
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text())
        await page.evaluate(PREPARE)
    await page.wait_for_function("() => document.title")  # a view that is new has its title a moment later
    found = []
    for size in SIZES:
        await page.set_viewport_size(size)
        found += [f"{what}, {size['width']} px, {each}" for each in await page.evaluate(INSPECT, THEMES)]
    await page.set_viewport_size(SIZES[0])
    assert not found, "\n".join(found)
