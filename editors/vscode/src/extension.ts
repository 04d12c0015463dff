// Where the editor enters: puts the parts together and starts the server.

import { commands, type ExtensionContext, window, workspace } from "vscode";
import { fixAll, printDebugInformation } from "./commands";
import { Explain } from "./explain";
import { Session } from "./session";
import { Status } from "./status";

/** Settings that decide which server runs. All others the server asks for itself. */
const RESTARTING = ["rlint.enable", "rlint.path", "rlint.importStrategy"];

let session: Session | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const clientLog = window.createOutputChannel("rlint", { log: true });
  const serverLog = window.createOutputChannel("rlint server", { log: true });
  const status = new Status();
  const started = new Session(context, status, clientLog, serverLog);
  session = started;
  const explain = new Explain(started);
  context.subscriptions.push(
    clientLog,
    serverLog,
    status,
    explain,
    commands.registerCommand("rlint.restart", () => started.restart()),
    commands.registerCommand("rlint.fixAll", () => fixAll(started)),
    commands.registerCommand("rlint.explainRule", () => explain.show()),
    commands.registerCommand("rlint.showClientLogs", () => clientLog.show()),
    commands.registerCommand("rlint.showServerLogs", () => serverLog.show()),
    commands.registerCommand("rlint.printDebugInformation", () => printDebugInformation(started, context, clientLog)),
    workspace.onDidChangeConfiguration((event) => {
      if (RESTARTING.some((setting) => event.affectsConfiguration(setting))) started.restartSoon();
    }),
    workspace.onDidGrantWorkspaceTrust(() => started.restartSoon()),
  );
  await started.restart();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}
