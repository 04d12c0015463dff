// What is said of programs that cannot be the server.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { refusal } from "../../../editors/vscode/src/probe.ts";

const scratch = mkdtempSync(join(tmpdir(), "rlint-probe-"));
after(() => rmSync(scratch, { recursive: true }));

function program(name: string, script: string, mode = 0o755): string {
  const path = join(scratch, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, mode);
  return path;
}

test("a server is refused nothing", async () => {
  assert.equal(await refusal(process.env.RLINT ?? ""), undefined);
});

test("what cannot be the server is told apart", async () => {
  for (const [command, reason] of [
    ["rlint", /^is no absolute path$/],
    [join(scratch, "gone"), /^does not exist$/],
    [scratch, /^is a folder$/],
    [program("locked", "exit 0", 0o644), /^must not be executed/],
    [program("old", "echo 'unrecognized subcommand' >&2; exit 2"), /^knows no `server`/],
    [program("other", "echo hello"), /^knows no `server`/],
  ] as const) {
    assert.match((await refusal(command)) ?? "serves", reason, command);
  }
});
