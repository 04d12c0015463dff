// What the user can ask for by name. Commands of the server itself have ids of their own and are registered by the client.

import { arch, platform } from "node:os";
import { env, type ExtensionContext, type LogOutputChannel, version, window, workspace } from "vscode";
import type { Running, Session } from "./session";

/** The server, or a message that there is none. */
export function needServer(session: Session): Running | undefined {
  const running = session.current;
  if (!running) void window.showWarningMessage("rlint: the server does not run; \u201crlint: Restart Server\u201d starts it");
  return running;
}

/** Applies everything that is safe to the document in the editor. */
export async function fixAll(session: Session): Promise<void> {
  const document = window.activeTextEditor?.document;
  const running = document && needServer(session);
  if (!running) return;
  const { client } = running;
  try {
    await client.sendRequest("workspace/executeCommand", {
      command: "rlint.applyAutofix",
      arguments: [{ uri: client.code2ProtocolConverter.asUri(document.uri), version: document.version }],
    });
  } catch (error) {
    void window.showErrorMessage(`rlint: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Opens a document with what there is to know when something is wrong. */
export async function printDebugInformation(
  session: Session,
  context: ExtensionContext,
  log: LogOutputChannel,
): Promise<void> {
  const { packageJSON } = context.extension as { packageJSON: { version: string } };
  const lines = [
    `extension: ${packageJSON.version}`,
    `editor: ${env.appName} ${version} on ${platform()} ${arch()}`,
    `workspace: ${workspace.isTrusted ? "trusted" : "not trusted"}`,
  ];
  const running = session.current;
  if (running) {
    lines.push(`server: ${running.server.command} (${running.server.origin})`, "");
    try {
      lines.push(
        await running.client.sendRequest<string>("workspace/executeCommand", { command: "rlint.debugInformation" }),
      );
    } catch (error) {
      lines.push(`the server does not say more: ${String(error)}`);
    }
  } else {
    lines.push("server: does not run");
  }
  const content = lines.join("\n");
  log.info(content);
  await window.showTextDocument(await workspace.openTextDocument({ content, language: "plaintext" }));
}
