// The problem matcher reads what the program prints.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../../editors/vscode/package.json"), "utf8"));

test("the problem matcher reads every line of the concise format", () => {
  const [{ pattern }] = manifest.contributes.problemMatchers;
  const words = ["check", "--output-format", "concise", "--quiet", "--exit-zero", "--isolated"];
  const workspace = join(import.meta.dirname, "../workspace");
  const output = execFileSync(process.env.RLINT ?? "", words, { cwd: workspace, encoding: "utf8" });
  const lines = output.split("\n").filter((line) => line !== "");
  const found = lines.map((line) => line.match(new RegExp(pattern.regexp)));
  assert.ok(found.length >= 3 && found.every((match) => match !== null), output);
  const manifestLine = found.find((match) => match?.[pattern.file] === "k8s/web.yaml");
  const parts = [pattern.line, pattern.column, pattern.severity, pattern.code, pattern.message];
  const wanted = ["23", "19", "error", "kubernetes/invalid-quantity", "`64MiB` is no quantity"];
  assert.deepEqual(parts.map((part) => manifestLine?.[part]), wanted);
});
