// The client of the server, which starts one that has ended again, and leaves it to others to tell the user.

import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  type ErrorHandler,
  type ErrorHandlerResult,
  LanguageClient,
} from "vscode-languageclient/node";

/** So often a server may end within the time below before it is not started again. */
const ENDS = 4;

/** In milliseconds. */
const WITHIN = 3 * 60_000;

/** A client whose own messages about its beginning and its end are only logged. */
export class Client extends LanguageClient {
  override error(message: string, data?: unknown, showNotification?: boolean | "force"): void {
    super.error(message, data, showNotification === "force" ? false : showNotification);
  }
}

/** Decides what comes after the end of a server that nobody has asked for. */
export class Restarts implements ErrorHandler {
  private ends: number[] = [];
  /** Whether it has ever answered. One that has not is not tried again. */
  hasRun = false;

  /** `gaveUp` is called when it has ended too often. */
  constructor(private readonly gaveUp: () => void) {}

  error(): ErrorHandlerResult {
    return { action: ErrorAction.Continue, handled: true };
  }

  closed(): CloseHandlerResult {
    const now = Date.now();
    this.ends = [...this.ends.filter((end) => now - end < WITHIN), now];
    if (this.hasRun && this.ends.length <= ENDS) return { action: CloseAction.Restart, handled: true };
    if (this.hasRun) this.gaveUp();
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}
