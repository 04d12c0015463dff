// Bundles the extension into one file, with the licences of what is in it: node esbuild.mjs [FOLDER], `dist` by default.
import { build } from "esbuild";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? "dist";
const { metafile } = await build({
  entryPoints: ["src/extension.ts"],
  bundle: true,
  // The editor brings its own interface.
  external: ["vscode"],
  format: "cjs",
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "none",
  metafile: true,
  outfile: join(folder, "extension.js"),
});

const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? []),
);
const licences = [...packages].sort().map((path) => {
  const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const file = readdirSync(path).find((file) => /^licen[cs]e/i.test(file));
  if (!file) throw new Error(`${name} has no text of its licence`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(path, file), "utf8").trim()}\n`;
});
writeFileSync(join(folder, "third-party-licences.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));
