// The workbench of VS Code, as served by code-server and driven in Chromium.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";

/** Where downloads are. */
const tools = process.env.EDITORS;
const { chromium } = createRequire(join(tools, "code-server/"))("playwright-core");
const entry = join(tools, "code-server/node_modules/code-server/out/node/entry.js");

/** How long anything may take, in milliseconds. */
const PATIENCE = 60_000;

const BROWSER = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** Settings of the user that keep the workbench quiet. */
const QUIET = {
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false,
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "workbench.editor.useModal": "off",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until `condition` gives something true, and gives that back. */
export async function until(what, condition) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(100);
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A code-server with folders of its own, and a page of it. */
export class Workbench {
  /** `home` is a scratch folder, `folder` the workspace. */
  constructor({ home, folder, settings = {}, environment = {}, trusted = true }) {
    Object.assign(this, { home, folder, trusted });
    this.environment = { ...process.env, ...environment, HOME: home };
    this.extensions = join(home, "extensions");
    mkdirSync(join(home, "data/User"), { recursive: true });
    writeFileSync(join(home, "data/User/settings.json"), JSON.stringify({ ...QUIET, ...settings }));
  }

  arguments() {
    const data = ["--user-data-dir", join(this.home, "data"), "--extensions-dir", this.extensions];
    return [entry, ...data, "--config", join(this.home, "config.yaml")];
  }

  /** Installs an extension, and gives back what is installed then. */
  install(vsix) {
    const run = (...words) =>
      execFileSync(process.execPath, [...this.arguments(), ...words], { env: this.environment, encoding: "utf8", stdio: "pipe" });
    run("--install-extension", vsix);
    return run("--list-extensions", "--show-versions");
  }

  async start() {
    const port = await freePort();
    const trust = this.trusted ? ["--disable-workspace-trust"] : [];
    const flags = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check"];
    this.process = spawn(process.execPath, [...this.arguments(), ...flags, ...trust], { env: this.environment, stdio: "ignore", detached: true });
    const address = `http://127.0.0.1:${port}`;
    await until("code-server answers", () => fetch(`${address}/healthz`).then((answer) => answer.ok, () => false));
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: BROWSER });
    this.page = await this.browser.newPage({ viewport: { width: 1280, height: 720 } });
    this.page.setDefaultTimeout(PATIENCE);
    await this.page.goto(`${address}/?folder=${encodeURIComponent(this.folder)}`);
    await this.page.waitForSelector(".monaco-workbench");
    await this.page.waitForSelector(".explorer-folders-view .monaco-list-row");
  }

  async stop() {
    await this.browser?.close();
    try {
      // It has children: the group of it ends.
      if (this.process) process.kill(-this.process.pid);
    } catch {
      // It has ended.
    }
  }

  /** Opens a file by its name, from the list of files. */
  async open(...path) {
    for (const folder of path.slice(0, -1)) {
      const row = this.row(folder);
      if ((await row.getAttribute("aria-expanded")) !== "true") await row.click();
    }
    await this.become(path.at(-1), (timeout) => this.row(path.at(-1)).dblclick({ timeout }));
  }

  /** Goes to a file that has a tab. */
  async switchTo(name) {
    const tab = this.page.locator(`.tab[data-resource-name="${name}"]`).first();
    await this.become(name, (timeout) => tab.click({ timeout }));
  }

  /** Does what has the active editor show a file. */
  async become(name, act) {
    const shown = this.page.locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`).first();
    await this.again(async (timeout) => {
      await act(timeout);
      await shown.waitFor({ timeout });
    });
  }

  row(name) {
    return this.page.locator(".explorer-folders-view .monaco-list-row").filter({ hasText: new RegExp(`^${name.replace(".", "\\.")}$`) });
  }

  /** The text of the active editor, as far as it is on the screen. */
  async text() {
    const lines = await this.page.locator(".editor-group-container.active .view-line").evaluateAll((all) =>
      all.map((line) => [line.getBoundingClientRect().top, line.textContent]).sort(([a], [b]) => a - b).map(([, text]) => text),
    );
    return lines.join("\n").replaceAll("\u00a0", " ");
  }

  /** How many underlined places of a severity the active editor shows. */
  squiggles(severity) {
    return this.page.locator(`.editor-group-container.active .squiggly-${severity}`).count();
  }

  /** Does something that a busy workbench may miss, until it has worked. */
  async again(attempt) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      try {
        return await attempt(PATIENCE / 10);
      } catch (error) {
        if (Date.now() > end) throw error;
        await this.page.keyboard.press("Escape");
      }
    }
  }

  /** Puts the cursor of the active editor somewhere: keys go to that place then. */
  async goTo(line, column = 1) {
    const place = this.page.locator("[id='status.editor.selection']").filter({ hasText: new RegExp(`Ln ${line}, Col ${column}(?!\\d)`) });
    await this.again(async (timeout) => {
      await this.page.keyboard.press("Control+g");
      await this.input().waitFor({ timeout });
      await this.page.keyboard.type(`${line}:${column}`);
      await this.page.keyboard.press("Enter");
      await this.input().waitFor({ state: "hidden", timeout });
      await place.waitFor({ timeout });
      await this.page.locator(".editor-group-container.active .monaco-editor.focused").first().waitFor({ timeout });
    });
  }

  /** Runs a command by its name, from the palette. */
  async command(name) {
    const row = this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: name }).first();
    await this.again(async (timeout) => {
      await this.page.keyboard.press("F1");
      await this.input().waitFor({ timeout });
      await this.input().fill(`>${name}`);
      await row.waitFor({ timeout });
    });
    await row.click();
  }

  /** Where the palette and its like are typed into. */
  input() {
    return this.page.locator(".quick-input-widget input[type=text]").first();
  }

  /** The titles of what can be done at the cursor. The menu stays open. */
  async actions() {
    const rows = this.page.locator(".action-widget .monaco-list-row.action");
    // A menu of nothing does not open: what is to be mended may not be known yet.
    await this.again(async (timeout) => {
      await this.page.keyboard.press("Control+.");
      await rows.first().waitFor({ timeout });
    });
    return rows.allTextContents();
  }

  /** Does one of the things that can be done at the cursor. */
  async choose(title) {
    await this.actions();
    await this.page.locator(".action-widget .monaco-list-row.action").filter({ hasText: title }).first().click();
  }

  /** What the panel of problems lists. */
  async problems() {
    return this.page.locator(".markers-panel .monaco-list-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label")));
  }

  /** What the editor complains of, where the user sees it. */
  complaints() {
    return this.page.locator(".notification-list-item:has(.codicon-error)").allTextContents();
  }

  /** Takes a picture, for the logs and the pages. */
  async picture(name) {
    // Away from everything that says something when it is pointed at.
    await this.page.mouse.move(640, 705);
    await pause(800);
    return this.page.screenshot({ path: join(process.env.PICTURES, `${name}.png`) });
  }

  /** The servers that run below this workbench: their numbers and programs. What is only asked for its help is none. */
  servers() {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((number) => {
      try {
        const words = readFileSync(`/proc/${number}/cmdline`, "utf8").split("\0");
        const ours = readFileSync(`/proc/${number}/environ`, "utf8").includes(`HOME=${this.home}\0`);
        return ours && words[1] === "server" && words[2] !== "--help" ? [{ number: Number(number), program: readlinkSync(`/proc/${number}/exe`) }] : [];
      } catch {
        return []; // It has ended, or is not ours to see.
      }
    });
  }
}
