/**
 * usage: measure.mjs CHROMIUM URL EMAIL PASSWORD
 * Prints what Lighthouse says of the log-in page and of the signed-in list on a phone (the median of some runs), and
 * fails below the goals. `index` is how fast Lighthouse finds the machine: below about 1,500 its figures say little.
 */
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const [executablePath, url, email, password] = process.argv.slice(2);
const RUNS = 3;
const GOALS = { performance: 92, accessibility: 100, "best-practices": 100 };
const LARGEST_SHIFT = 0.02;
const FLAGS = { onlyCategories: Object.keys(GOALS), disableStorageReset: true };
const problems = [];

async function measure(page, name, path) {
  const reports = [];
  for (let run = 0; run < RUNS; run++) reports.push((await lighthouse(url + path, FLAGS, undefined, page)).lhr);
  const scoreOf = (report, id) => Math.round(report.categories[id].score * 100);
  reports.sort((one, other) => scoreOf(one, "performance") - scoreOf(other, "performance"));
  const median = reports[(RUNS - 1) / 2];
  const value = (id) => median.audits[id].numericValue;
  const scores = Object.keys(GOALS).map((id) => `${id} ${scoreOf(median, id)}`);
  const shift = Math.max(...reports.map((report) => report.audits["cumulative-layout-shift"].numericValue));
  console.log(
    `${name}: ${scores.join(", ")}, CLS ${shift.toFixed(3)}; first paint ${seconds(value("first-contentful-paint"))}, ` +
      `largest ${seconds(value("largest-contentful-paint"))}, blocked ${Math.round(value("total-blocking-time"))} ms; ` +
      `index ${Math.round(median.environment.benchmarkIndex)}`,
  );
  if (new URL(median.finalDisplayedUrl).pathname !== path) problems.push(`${name}: ended at ${median.finalDisplayedUrl}`);
  if (shift > LARGEST_SHIFT) problems.push(`${name}: CLS is above ${LARGEST_SHIFT}`);
  for (const [id, goal] of Object.entries(GOALS)) {
    if (scoreOf(median, id) < goal) problems.push(`${name}: ${id} is below ${goal}${because(median, id)}`);
  }
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function because(report, category) {
  const refs = report.categories[category].auditRefs.filter(({ weight }) => weight > 0);
  const failed = refs.map(({ id }) => report.audits[id]).filter(({ score }) => score !== null && score < 0.9);
  return failed.map(({ title, displayValue = "" }) => `\n  ${title} ${displayValue}`).join("");
}

async function logIn(page) {
  await page.goto(`${url}/login`);
  await page.type("[name=email]", email);
  await page.type("[name=password]", password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-row]");
}

const browser = await puppeteer.launch({ executablePath, args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
try {
  const page = await browser.newPage();
  await measure(page, "log in", "/login");
  await logIn(page);
  await measure(page, "todos", "/");
} finally {
  await browser.close();
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
