// Whether a program is a server of ours, and why not.

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";

/** How long a program may take to say what it is, in milliseconds. */
const PATIENCE = 10_000;

/** Why `command` cannot be the server; `undefined` where it can: it is a program that can be run and knows `rlint server`. */
export async function refusal(command: string): Promise<string | undefined> {
  if (!isAbsolute(command)) return "is no absolute path";
  try {
    if ((await stat(command)).isDirectory()) return "is a folder";
  } catch {
    return "does not exist";
  }
  try {
    await access(command, constants.X_OK);
  } catch {
    return "must not be executed: its permissions do not allow it";
  }
  return new Promise((resolve) => {
    execFile(command, ["server", "--help"], { timeout: PATIENCE, windowsHide: true }, (error, output) => {
      if (error?.killed) resolve(`has not answered in ${PATIENCE / 1000} seconds`);
      else if (error || !output.includes("Language Server Protocol")) resolve("knows no `server`: it is too old, or another program");
      else resolve(undefined);
    });
  });
}
