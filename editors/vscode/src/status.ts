// What the language status says: the item behind the braces at the lower right.

import { type Disposable, LanguageStatusSeverity, languages } from "vscode";
import type { Origin } from "./discovery";

const SELECTOR = [
  { language: "dockerfile" },
  { language: "dockercompose" },
  { language: "yaml" },
  { language: "helm" },
  { pattern: "**/*.dockerignore" },
];

/** The language status of rlint. */
export class Status implements Disposable {
  private readonly item = languages.createLanguageStatusItem("rlint.status", SELECTOR);

  constructor() {
    this.item.name = "rlint";
    this.item.command = { command: "rlint.showClientLogs", title: "Show Logs" };
    this.off();
  }

  starting(): void {
    this.say("rlint starts", "", LanguageStatusSeverity.Information, true);
  }

  runs(version: string, origin: Origin, trusted: boolean): void {
    const place = origin === "bundled" ? "comes with the extension" : `from ${origin}`;
    const detail = trusted ? place : `${place}; the workspace is not trusted`;
    this.say(`rlint ${version}`, detail, LanguageStatusSeverity.Information);
  }

  off(): void {
    this.say("rlint is off", "", LanguageStatusSeverity.Information);
  }

  failed(reason: string): void {
    this.say("rlint", reason, LanguageStatusSeverity.Error);
  }

  dispose(): void {
    this.item.dispose();
  }

  private say(text: string, detail: string, severity: LanguageStatusSeverity, busy = false): void {
    this.item.text = text;
    this.item.detail = detail;
    this.item.severity = severity;
    this.item.busy = busy;
  }
}
