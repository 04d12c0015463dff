// Which program is the server: `rlint.path`, then the PATH, then the one that comes with the extension. Knows nothing of
// the editor, so that it is tested without one.

import { delimiter, isAbsolute, join, resolve } from "node:path";

/** Where a server was found. */
export type Origin = "rlint.path" | "PATH" | "bundled";

/** A server that can be started. */
export interface Server {
  command: string;
  origin: Origin;
}

/** What decides which server is taken. */
export interface Wishes {
  /** Whether the user trusts the workspace. If not, nothing that a workspace or its shell may have brought is run. */
  trusted: boolean;
  importStrategy: string;
  /** Programs to try first, as the user wrote them. */
  path: readonly string[];
  /** The first folder of the workspace. */
  folder: string | undefined;
}

/** What is around the extension. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  home: string;
  windows: boolean;
  /** The server that comes with the extension. */
  bundled: string;
  /** Why a program cannot be the server; `undefined` where it can. */
  refusal: (command: string) => Promise<string | undefined>;
}

/** The server to start, and what is to be said about the way there. */
export interface Discovery {
  server: Server | undefined;
  /** What the user should be told. */
  problems: string[];
  /** What is only for the log. */
  notes: string[];
}

/** Finds the server. */
export async function discover(wishes: Wishes, surroundings: Surroundings): Promise<Discovery> {
  const problems: string[] = [];
  const notes: string[] = [];
  if (wishes.trusted && wishes.importStrategy !== "useBundled") {
    for (const written of wishes.path) {
      const command = expand(written, wishes.folder, surroundings);
      const reason = await surroundings.refusal(command);
      if (reason === undefined) return { server: { command, origin: "rlint.path" }, problems, notes };
      problems.push(`\`${command}\`, which the setting \`rlint.path\` names, ${reason}`);
    }
    for (const command of onPath(surroundings)) {
      const reason = await surroundings.refusal(command);
      if (reason === undefined) return { server: { command, origin: "PATH" }, problems, notes };
      if (reason !== "does not exist") notes.push(`\`${command}\`, which is on the PATH, ${reason}`);
    }
  }
  const { bundled } = surroundings;
  const reason = await surroundings.refusal(bundled);
  if (reason === undefined) return { server: { command: bundled, origin: "bundled" }, problems, notes };
  notes.push(`\`${bundled}\` ${reason}`);
  problems.push("this build of the extension has no server for this machine: install rlint and name it in `rlint.path`");
  return { server: undefined, problems, notes };
}

/** What a path in the settings stands for. */
export function expand(written: string, folder: string | undefined, surroundings: Surroundings): string {
  const { environment, home } = surroundings;
  const variables = written.replace(/\$\{(workspaceFolder|userHome|env:([^}]+))\}/g, (_, name: string, variable?: string) => {
    if (name === "workspaceFolder") return folder ?? "";
    return name === "userHome" ? home : environment[variable ?? ""] ?? "";
  });
  const path = /^~[/\\]/.test(variables) ? join(home, variables.slice(2)) : variables;
  return isAbsolute(path) || folder === undefined ? path : resolve(folder, path);
}

/** Where `rlint` may be on the PATH. Entries that depend on the folder one stands in are passed over. */
function onPath({ environment, windows }: Surroundings): string[] {
  const variable = Object.keys(environment).find((name) => name === "PATH" || (windows && name.toUpperCase() === "PATH"));
  const entries = (variable ? environment[variable] ?? "" : "").split(delimiter);
  return entries.filter(isAbsolute).map((entry) => join(entry, windows ? "rlint.exe" : "rlint"));
}
