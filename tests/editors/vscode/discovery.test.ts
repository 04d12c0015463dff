// Which server the extension starts, without an editor.

import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { test } from "node:test";
import { discover, expand, type Surroundings, type Wishes } from "../../../editors/vscode/src/discovery.ts";

const BUNDLED = "/extension/bin/rlint";

/** Surroundings in which only some programs are servers, and a list of those that were tried. */
function surroundings(...serving: string[]): Surroundings & { tried: string[] } {
  const tried: string[] = [];
  const refusal = async (command: string) => {
    tried.push(command);
    return serving.includes(command) ? undefined : command.includes("old") ? "is too old" : "does not exist";
  };
  const environment = { PATH: ["bin", "", "/usr/local/bin", "/usr/bin"].join(delimiter), TOOLS: "/opt/tools" };
  return { environment, home: "/home/jane", windows: false, bundled: BUNDLED, refusal, tried };
}

const wishes: Wishes = { trusted: true, importStrategy: "fromEnvironment", path: [], folder: "/project" };

test("the setting wins over the PATH, and the PATH over the server that comes along", async () => {
  const everywhere = ["/mine/rlint", "/usr/bin/rlint", BUNDLED];
  const path = ["/mine/rlint"];
  assert.deepEqual((await discover({ ...wishes, path }, surroundings(...everywhere))).server?.origin, "rlint.path");
  assert.deepEqual((await discover(wishes, surroundings(...everywhere))).server, { command: "/usr/bin/rlint", origin: "PATH" });
  assert.deepEqual((await discover(wishes, surroundings(BUNDLED))).server?.origin, "bundled");
});

test("what the setting names and is no server is said, and the search goes on", async () => {
  const found = await discover({ ...wishes, path: ["/gone", "/mine/rlint"] }, surroundings("/mine/rlint"));
  assert.equal(found.server?.command, "/mine/rlint");
  assert.deepEqual(found.problems, ["`/gone`, which the setting `rlint.path` names, does not exist"]);
});

test("a program on the PATH that is no server is a note for the log, and the search goes on", async () => {
  const around = surroundings(BUNDLED);
  around.environment.PATH = ["/old", "/usr/bin"].join(delimiter);
  const found = await discover(wishes, around);
  assert.equal(found.server?.origin, "bundled");
  assert.deepEqual([found.problems, found.notes], [[], ["`/old/rlint`, which is on the PATH, is too old"]]);
});

test("in a workspace that is not trusted nothing but the server that comes along is even tried", async () => {
  const around = surroundings("/mine/rlint", "/usr/bin/rlint", BUNDLED);
  const found = await discover({ ...wishes, trusted: false, path: ["/mine/rlint"] }, around);
  assert.equal(found.server?.origin, "bundled");
  assert.deepEqual(around.tried, [BUNDLED]);
});

test("who wants the server that comes along gets it", async () => {
  const around = surroundings("/mine/rlint", "/usr/bin/rlint", BUNDLED);
  const found = await discover({ ...wishes, importStrategy: "useBundled", path: ["/mine/rlint"] }, around);
  assert.deepEqual([found.server?.origin, around.tried], ["bundled", [BUNDLED]]);
});

test("entries of the PATH that depend on the current folder are passed over", async () => {
  const around = surroundings();
  const found = await discover(wishes, around);
  assert.equal(found.server, undefined);
  assert.deepEqual(around.tried, ["/usr/local/bin/rlint", "/usr/bin/rlint", BUNDLED]);
  assert.match(found.problems.join(), /no server for this machine/);
});

test("paths in the settings may have variables", () => {
  const around = surroundings();
  for (const [written, meant] of [
    ["${workspaceFolder}/bin/rlint", "/project/bin/rlint"],
    ["${userHome}/rlint", "/home/jane/rlint"],
    ["~/rlint", "/home/jane/rlint"],
    ["${env:TOOLS}/rlint", "/opt/tools/rlint"],
    ["bin/rlint", "/project/bin/rlint"],
    ["/a/${other}", "/a/${other}"],
  ] as const) {
    assert.equal(expand(written, "/project", around), meant);
  }
});
