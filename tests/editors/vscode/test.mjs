// The extension in the real workbench: what it says, mends and explains, and which server it starts.

import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Workbench, pause, until } from "./workbench.mjs";

const scratch = mkdtempSync(join(tmpdir(), "rlint-vscode-"));
const results = { passed: 0, failed: 0 };

/** One thing that holds or does not; a picture is kept of what did not. */
async function holds(workbench, what, check) {
  const begin = Date.now();
  try {
    await check();
    results.passed += 1;
    console.log(`ok: ${what} (${Date.now() - begin} ms)`);
  } catch (error) {
    results.failed += 1;
    console.log(`FAILED: ${what}: ${error.stack}`);
    await workbench.picture(`failed-${results.failed}`).catch(() => {});
  }
}

/** A workspace of its own. */
function workspace(name) {
  const folder = join(scratch, name);
  cpSync(join(import.meta.dirname, "../workspace"), folder, { recursive: true });
  return folder;
}

/** A folder for everything that an editor keeps. */
function home(name) {
  const folder = join(scratch, `${name}-home`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Whether a list has one entry, and that is as it should be. */
const only = (list, right) => list.length === 1 && right(list[0]);

const bundled = (workbench) => (server) => server.program.startsWith(workbench.extensions);

async function trusted() {
  const folder = workspace("shop");
  const settings = {
    "[dockercompose]": { "editor.codeActionsOnSave": { "source.fixAll.rlint": "explicit" } },
    "rlint.importStrategy": "useBundled",
  };
  const w = new Workbench({ home: home("trusted"), folder, settings });
  const read = (name) => readFileSync(join(folder, name), "utf8");
  try {
    await holds(w, "the VSIX is installed", async () => assert.match(w.install(process.env.VSIX), /^rlint\.rlint@/m));
    await w.start();

    await holds(w, "a Dockerfile is underlined", async () => {
      await w.open("Dockerfile");
      await until("a warning", () => w.squiggles("warning"));
    });
    await holds(w, "a compose file is underlined", async () => {
      await w.open("compose.yaml");
      await until("a warning", () => w.squiggles("warning"));
    });
    await holds(w, "a manifest is underlined", async () => {
      await w.open("k8s", "web.yaml");
      await until("an error", () => w.squiggles("error"));
    });

    await holds(w, "a hover shows the message and the page of the rule", async () => {
      await w.open("Dockerfile");
      await w.goTo(2, 3);
      const hover = w.page.locator(".monaco-hover:not(.hidden) .monaco-hover-content").filter({ hasText: "MAINTAINER" }).first();
      await w.again(async (timeout) => {
        await w.command("Show or Focus Hover");
        await hover.waitFor({ timeout });
      });
      await until("the page", async () => /Why/.test(await hover.textContent()));
      assert.match(await hover.textContent(), /`?MAINTAINER`? is deprecated/);
      await w.picture("hover");
      await w.page.keyboard.press("Escape");
    });
    await holds(w, "a rule is explained", async () => {
      await w.open("Dockerfile");
      await w.goTo(2, 3);
      const tab = w.page.locator(".tab").filter({ hasText: /Preview.*maintainer/ });
      await w.again(async (timeout) => {
        await w.command("rlint: Explain Rule at Cursor");
        await tab.waitFor({ timeout });
      });
      const shown = () => Promise.all(w.page.frames().map((frame) => frame.evaluate(() => document.body.innerText).catch(() => "")));
      await until("the page", async () => (await shown()).some((text) => /^maintainer\s+The deprecated instruction/.test(text)));
      await w.picture("explained");
      await tab.click({ button: "middle" });
      await tab.waitFor({ state: "detached" });
    });
    await holds(w, "a fix is planned, and nothing is changed", async () => {
      await w.open("Dockerfile");
      await w.goTo(2, 3);
      await w.choose(/^Plan this fix: say it in a label/);
      const said = w.page.locator(".notification-list-item").filter({ hasText: /Nothing was run/ }).first();
      await said.waitFor();
      await w.picture("planned");
      assert.match(await w.text(), /^MAINTAINER/m);
      await w.command("Notifications: Clear All Notifications");
      await said.waitFor({ state: "detached" });
    });
    await holds(w, "a quick fix comes from the menu", async () => {
      await w.open("Dockerfile");
      await w.goTo(2, 3);
      const titles = await w.actions();
      await w.picture("quick-fix");
      assert.ok(titles.some((title) => /Ignore dockerfile\/maintainer here/.test(title)), titles.join());
      await w.page.keyboard.press("Escape");
      await w.choose(/^Say it in a label/);
      await until("the label", async () => /LABEL org\.opencontainers\.image\.authors="Jane Doe/.test(await w.text()));
      await until("nothing is underlined", async () => (await w.squiggles("warning")) === 0);
      await w.page.keyboard.press("Control+s");
      await until("the file", () => read("Dockerfile").includes("LABEL org.opencontainers.image.authors"));
    });
    await holds(w, "everything that is safe is mended on save", async () => {
      await w.open("compose.yaml");
      await w.goTo(4, 27);
      await w.page.keyboard.press("End");
      await w.page.keyboard.type(" # ours");
      await w.page.keyboard.press("Control+s");
      await until("the file", () => read("compose.yaml").includes("# ours") && !read("compose.yaml").includes("version:"));
    });
    await holds(w, "everything that is safe is mended by a command", async () => {
      await w.open("k8s", "web.yaml");
      await w.command("rlint: Fix Everything That Is Safe");
      await until("nothing is underlined", async () => (await w.squiggles("error")) === 0);
      await w.page.keyboard.press("Control+s");
      await until("the file", () => /memory: 64Mi$/m.test(read("k8s/web.yaml")));
    });

    await holds(w, "a finding appears in the manifest when the user of the image changes in the Dockerfile", async () => {
      await w.open("k8s", "web.yaml");
      await w.command("View: Move Editor into Right Group");
      await until("two groups", async () => (await w.page.locator(".editor-group-container").count()) === 2);
      await w.switchTo("Dockerfile");
      const manifest = w.page.locator(".editor-group-container").nth(1);
      assert.equal(await manifest.locator(".squiggly-error").count(), 0);
      await w.goTo(5, 6);
      await w.page.keyboard.press("Shift+End");
      await w.page.keyboard.type("root");
      await until("an error in the manifest", () => manifest.locator(".squiggly-error").count());
      assert.match(read("Dockerfile"), /USER 10001/, "the Dockerfile is not saved");
      await w.command("View: Focus Problems");
      await until("the problem is listed", async () => (await w.problems()).some((problem) => /this image runs as root/.test(problem)));
      await pause(500);
      await w.picture("across-files");
    });

    await holds(w, "a finding is ignored, with the reason that is typed", async () => {
      await w.switchTo("Dockerfile");
      await w.goTo(5, 6);
      await w.choose(/^Ignore dockerfile\/root-user here/);
      await until("the comment", async () => /ignore=dockerfile\/root-user/.test(await w.text()));
      await w.page.keyboard.type("for a picture");
      await until("the reason", async () => /^# rlint ignore=dockerfile\/root-user reason="for a picture"$/m.test(await w.text()));
      await until("nothing is underlined", async () => (await w.squiggles("warning")) === 0);
    });
    await holds(w, "the language status says which server runs", async () => {
      const item = w.page.locator("[id='status.languageStatus']").first();
      assert.match(await item.getAttribute("aria-label"), /rlint \d+\.\d+\.\d+, comes with the extension/);
    });
    await holds(w, "the server is restarted by a command", async () => {
      const [before, ...others] = w.servers();
      assert.ok(before && others.length === 0, "one server runs");
      assert.ok(bundled(w)(before), before.program);
      await w.command("rlint: Restart Server");
      await until("another server", () => only(w.servers(), ({ number }) => number !== before.number));
      await until("its findings", async () => (await w.problems()).some((problem) => /this image runs as root/.test(problem)));
    });
    await holds(w, "what there is to know for a report is printed", async () => {
      await w.command("rlint: Print Debug Information");
      await until("the text", async () => /server: .*\(bundled\)/.test(await w.text()) && /rlint \d/.test(await w.text()));
    });
    await holds(w, "nothing is complained of", async () => assert.deepEqual(await w.complaints(), []));
  } finally {
    await w.stop();
  }
}

/** A program that leaves a mark, and then is the server. */
function marking(name) {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  const mark = join(folder, "was-run");
  writeFileSync(join(folder, "rlint"), `#!/bin/sh\necho "$@" >> '${mark}'\nexec '${process.env.RLINT}' "$@"\n`);
  chmodSync(join(folder, "rlint"), 0o755);
  return { folder, mark, program: join(folder, "rlint") };
}

async function untrusted() {
  const folder = workspace("untrusted");
  const named = marking("named");
  const onPath = marking("on-path");
  mkdirSync(join(folder, ".vscode"));
  writeFileSync(join(folder, ".vscode/settings.json"), JSON.stringify({ "rlint.path": [named.program] }));
  const own = home("untrusted");
  // The editor takes the PATH from a login shell.
  writeFileSync(join(own, ".profile"), `export PATH='${onPath.folder}':"$PATH"\n`);
  const environment = { SHELL: "/bin/bash", PATH: `${onPath.folder}:${process.env.PATH}` };
  const w = new Workbench({ home: own, folder, environment, trusted: false });
  try {
    w.install(process.env.VSIX);
    await w.start();
    await holds(w, "a workspace that is not trusted gets the server that comes along, and nothing else is run", async () => {
      await w.open("Dockerfile");
      await until("a warning", () => w.squiggles("warning"));
      await w.picture("untrusted");
      assert.ok(await w.page.locator(".statusbar-item").filter({ hasText: "Restricted Mode" }).count(), "it is restricted");
      assert.equal(w.servers().filter(bundled(w)).length, 1);
      assert.ok(!existsSync(named.mark) && !existsSync(onPath.mark), "a program of the workspace or the PATH was run");
    });
    await holds(w, "once it is trusted, the program that it names is the server", async () => {
      await w.command("Workspaces: Manage Workspace Trust");
      await w.page.locator(".workspace-trust-editor .monaco-button").filter({ hasText: /^Trust$/ }).first().click();
      await until("the named program", () => existsSync(named.mark) && /^server$/m.test(readFileSync(named.mark, "utf8")));
      await until("one server", () => only(w.servers(), (server) => !bundled(w)(server)));
      assert.ok(!existsSync(onPath.mark), "what is named wins over the PATH");
    });
    await holds(w, "without a setting, the program on the PATH is the server", async () => {
      await w.open(".vscode", "settings.json");
      await w.page.locator(".editor-group-container.active .view-lines").click();
      await w.page.keyboard.press("Control+a");
      await w.page.keyboard.type("{ ");
      await w.page.keyboard.press("Control+s");
      await until("the program on the PATH", () => existsSync(onPath.mark) && /^server$/m.test(readFileSync(onPath.mark, "utf8")));
    });
    await holds(w, "nothing is complained of, with and without trust", async () => assert.deepEqual(await w.complaints(), []));
  } finally {
    await w.stop();
  }
}

async function broken() {
  const folder = workspace("broken");
  const crashing = join(scratch, "crashing");
  writeFileSync(crashing, `#!/bin/sh\n[ "$2" = --help ] && exec '${process.env.RLINT}' server --help\necho 'out of luck' >&2\nexit 101\n`);
  chmodSync(crashing, 0o755);
  mkdirSync(join(folder, ".vscode"));
  writeFileSync(join(folder, ".vscode/settings.json"), JSON.stringify({ "rlint.path": ["/nowhere/rlint", crashing] }));
  const w = new Workbench({ home: home("broken"), folder });
  const said = (text) => w.page.locator(".notification-list-item").filter({ hasText: text }).first();
  try {
    w.install(process.env.VSIX);
    await w.start();
    await holds(w, "a program that does not exist is said, and where that is mended", async () => {
      await w.open("Dockerfile");
      const missing = said("`/nowhere/rlint`, which the setting `rlint.path` names, does not exist");
      await missing.waitFor();
      assert.match(await missing.textContent(), /Open Settings/);
    });
    await holds(w, "a server that ends at once is said, once, with a way to its logs", async () => {
      const crashed = said("`" + crashing + "` does not start");
      await crashed.waitFor();
      await w.picture("broken-server");
      const item = w.page.locator("[id='status.languageStatus']").first();
      assert.match(await item.getAttribute("aria-label"), /the server does not start/);
      assert.equal((await w.complaints()).length, 1);
      await crashed.getByText("Show Logs").click();
      // Here the editor comes without what writes logs: that the right one is open is all there is to see.
      const shown = () => w.page.locator(".part.panel select").evaluateAll((all) => all.map((one) => one.selectedOptions[0]?.text));
      await until("the log", async () => (await shown()).includes("rlint server"));
    });
    await holds(w, "once the setting is mended, the server that comes along runs", async () => {
      await w.open(".vscode", "settings.json");
      await w.page.locator(".editor-group-container.active .view-lines").click();
      await w.page.keyboard.press("Control+a");
      await w.page.keyboard.type('{ "rlint.importStrategy": "useBundled" ');
      await w.page.keyboard.press("Control+s");
      await w.open("Dockerfile");
      await until("a warning", () => w.squiggles("warning"));
      assert.equal(w.servers().filter(bundled(w)).length, 1);
    });
    await holds(w, "a server that ends is started again, but not for ever, and then by a button", async () => {
      await w.command("Notifications: Clear All Notifications");
      for (let turn = 0, last = 0; turn < 5; turn += 1) {
        last = (await until(`server ${turn}`, () => w.servers().find(({ number }) => number !== last))).number;
        // Its end counts only once it has answered.
        await until("its findings", () => w.squiggles("warning"));
        await pause(500);
        process.kill(last, "SIGKILL");
        await until(`the end of server ${turn}`, () => w.servers().every(({ number }) => number !== last));
      }
      const stopped = said("ends again and again");
      await stopped.waitFor();
      assert.equal(w.servers().length, 0);
      assert.equal((await w.complaints()).length, 1);
      await stopped.getByText("Restart").click();
      await until("a server", () => w.servers().length === 1);
    });
  } finally {
    await w.stop();
  }
}

try {
  await trusted();
  await untrusted();
  await broken();
} catch (error) {
  results.failed += 1;
  console.log(`FAILED: ${error.stack}`);
}
rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
console.log(`${results.passed} passed, ${results.failed} failed, 0 skipped`);
process.exit(results.failed === 0 ? 0 : 1);
