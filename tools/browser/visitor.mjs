// A visitor with a real browser: opens pages, takes screenshots, keeps the score, and holds every page against what
// any page must be. Never: what our pages say (activation.mjs).

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** How long anything may take to appear, in ms. */
export const PATIENCE_MS = 20_000;

const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const SCHEMES = ["light", "dark"];
const ARGUMENTS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export class Visitor {
  #faults = [];
  #tolerated = [];
  #passed = 0;
  #screenshots;

  /** Starts the browser. `screenshots` is a directory, made if need be. */
  static async arrive({ chromium: executablePath, screenshots }) {
    mkdirSync(screenshots, { recursive: true });
    const visitor = new Visitor();
    visitor.#screenshots = screenshots;
    visitor.browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    visitor.context = await visitor.browser.newContext({ viewport: SIZES.wide, locale: "en-GB" });
    visitor.context.setDefaultTimeout(PATIENCE_MS);
    visitor.context.on("page", (page) => visitor.#watch(page));
    // Chromium reports a violation on the console too, but not every kind of it.
    await visitor.context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`);
      });
    });
    visitor.page = await visitor.context.newPage();
    return visitor;
  }

  #watch(page) {
    page.on("console", (message) => {
      if (message.type() === "error") this.#fault(page, message.text());
    });
    page.on("pageerror", (error) => this.#fault(page, `uncaught: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 500) this.#fault(page, `${response.status()} from ${response.url()}`);
    });
  }

  #fault(page, text) {
    if (this.#tolerated.some((pattern) => pattern.test(text))) return;
    this.#faults.push(`${new URL(page.url()).pathname}: ${text}`);
  }

  /** Runs one part of the walk as a test: it fails by throwing, or by anything on a page's console. */
  async test(name, part) {
    process.stdout.write(`test ${name} ... `);
    await part();
    if (this.#faults.length > 0) throw new Error(`on the console:\n  ${this.#faults.join("\n  ")}`);
    this.#passed += 1;
    console.log("ok");
  }

  /** While `part` runs, console errors that match `pattern` are what is to be expected. */
  async expecting(pattern, part) {
    this.#tolerated.push(pattern);
    try {
      return await part();
    } finally {
      this.#tolerated.pop();
    }
  }

  /** Takes the page in every size and colour scheme, and holds it against what any page must be. */
  async look(name, page = this.page) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const path = join(this.#screenshots, `${name}-${size}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true });
      }
      const faults = await page.evaluate(judge);
      if (faults.length > 0) throw new Error(`${name}, ${size}: ${faults.join("; ")}`);
    }
    await page.setViewportSize(SIZES.wide);
    await page.emulateMedia({ colorScheme: "light" });
  }

  /** Ends the walk with the line that the test runner reads. `error` is what it failed with, if it did. */
  async leave(error) {
    if (!error && this.#faults.length > 0) error = new Error("after the last part");
    if (error) {
      console.log("FAILED");
      console.log(error.stack ?? String(error));
      if (this.#faults.length > 0) console.log(`on the console:\n  ${this.#faults.join("\n  ")}`);
      for (const [index, page] of this.context.pages().entries()) {
        const path = join(this.#screenshots, `failure-${index}.png`);
        await page.screenshot({ path, fullPage: true }).catch(() => {});
        const text = await page.locator("body").innerText({ timeout: 1000 }).catch(() => "(no text)");
        console.log(`\n--- page ${index}: ${page.url()}\n${text}`);
      }
    }
    await this.browser.close();
    const failed = error ? 1 : 0;
    console.log(`\ntest result: ${error ? "FAILED" : "ok"}. ${this.#passed} passed; ${failed} failed`);
    return failed;
  }
}

/** Runs in the page: what is wrong with it, whatever it is about. */
function judge() {
  const faults = [];
  const { documentElement: root } = document;
  if (!root.lang) faults.push("no language");
  if (!document.title.trim()) faults.push("no title");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
  if (root.scrollWidth > root.clientWidth) faults.push(`wider than the window: ${root.scrollWidth} px`);
  const fields = [...document.querySelectorAll("input, select, textarea")];
  for (const field of fields.filter((field) => field.type !== "hidden")) {
    const named = field.labels?.length > 0 || field.ariaLabel || field.getAttribute("aria-labelledby");
    if (!named) faults.push(`no label for the field ${field.name || field.id}`);
  }
  for (const press of document.querySelectorAll("button, a[href]")) {
    if (!press.textContent.trim() && !press.ariaLabel) faults.push(`no name for ${press.outerHTML.slice(0, 80)}`);
  }
  return faults;
}
