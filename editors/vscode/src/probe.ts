// Whether a program is a server of ours.

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { isAbsolute } from "node:path";

/** How long a program may take to say what it is, in milliseconds. */
const PATIENCE = 10_000;

/** Whether `command` is a program that can be run and knows `rlint server`. */
export async function serves(command: string): Promise<boolean> {
  if (!isAbsolute(command)) return false;
  try {
    await access(command, constants.X_OK);
  } catch {
    return false;
  }
  return new Promise((resolve) => {
    execFile(command, ["server", "--help"], { timeout: PATIENCE, windowsHide: true }, (error, output) =>
      resolve(error === null && output.includes("Language Server Protocol")),
    );
  });
}
