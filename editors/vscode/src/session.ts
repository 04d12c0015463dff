// The server as it runs: one at a time, started and stopped in the order in which that was asked for.

import { homedir } from "node:os";
import { join } from "node:path";
import { commands, type ExtensionContext, type LogOutputChannel, window, workspace } from "vscode";
import { type DocumentSelector, type LanguageClient, State } from "vscode-languageclient/node";
import { Client, Restarts } from "./client";
import { discover, type Discovery, type Server } from "./discovery";
import { refusal } from "./probe";
import type { Status } from "./status";

/** What the server is told of. It decides by path and content what a file is, and is silent on other YAML. */
export const DOCUMENTS: DocumentSelector = ["file", "untitled"].flatMap((scheme) => [
  ...["dockerfile", "dockercompose", "yaml", "helm"].map((language) => ({ scheme, language })),
  { scheme, pattern: "**/*.dockerignore" },
]);

/** How long events that ask for a restart are waited for, in milliseconds. */
const SETTLING = 200;

/** How long a server may take to answer for the first time, in milliseconds. */
const PATIENCE = 30_000;

const OPEN_SETTINGS = "Open Settings";
const RESTART = "Restart";
const SHOW_LOGS = "Show Logs";

/** The server, and what it was started from. */
export interface Running {
  client: LanguageClient;
  server: Server;
}

/** Starts, stops and knows the server. */
export class Session {
  private running: Running | undefined;
  private queue: Promise<void> = Promise.resolve();
  private soon: NodeJS.Timeout | undefined;

  constructor(
    private readonly context: ExtensionContext,
    private readonly status: Status,
    private readonly clientLog: LogOutputChannel,
    private readonly serverLog: LogOutputChannel,
  ) {}

  /** The server, when it runs. */
  get current(): Running | undefined {
    return this.running?.client.state === State.Running ? this.running : undefined;
  }

  /** Stops what runs, and starts what the settings of now ask for. */
  restart(): Promise<void> {
    return this.next(async () => {
      await this.end();
      await this.begin();
    });
  }

  /** Restarts once what happens now has settled: trust and settings change together. */
  restartSoon(): void {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => void this.restart(), SETTLING);
  }

  /** Stops what runs. */
  stop(): Promise<void> {
    clearTimeout(this.soon);
    return this.next(() => this.end());
  }

  private next(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  private async begin(): Promise<void> {
    const settings = workspace.getConfiguration("rlint");
    if (!settings.get("enable", true)) {
      this.clientLog.info("not started: the setting `rlint.enable` is off");
      this.status.off();
      return;
    }
    this.status.starting();
    const windows = process.platform === "win32";
    const found = await discover(
      {
        trusted: workspace.isTrusted,
        importStrategy: settings.get("importStrategy", "fromEnvironment"),
        path: settings.get<string[]>("path", []),
        folder: workspace.workspaceFolders?.find((folder) => folder.uri.scheme === "file")?.uri.fsPath,
      },
      {
        environment: process.env,
        home: homedir(),
        windows,
        bundled: join(this.context.extensionPath, "bin", windows ? "rlint.exe" : "rlint"),
        refusal,
      },
    );
    found.notes.forEach((note) => this.clientLog.info(note));
    found.problems.forEach((problem) => this.clientLog.warn(problem));
    if (found.problems.length > 0) void this.warn(found);
    if (!found.server) {
      this.status.failed("no server");
      return;
    }
    await this.run(found.server);
  }

  /** Tells of what is wrong on the way to the server, and leads to where it is mended. */
  private async warn({ problems, server }: Discovery): Promise<void> {
    const instead = server ? `. Instead runs \`${server.command}\`.` : "";
    const chosen = await window.showWarningMessage(`rlint: ${problems.join("; ")}${instead}`, OPEN_SETTINGS, SHOW_LOGS);
    if (chosen === OPEN_SETTINGS) await commands.executeCommand("workbench.action.openSettings", "rlint.path");
    if (chosen === SHOW_LOGS) this.clientLog.show();
  }

  /** Tells of a server that cannot be kept running, and leads to what it said. */
  private async complain(reason: string): Promise<void> {
    const chosen = await window.showErrorMessage(`rlint: ${reason}`, RESTART, SHOW_LOGS);
    if (chosen === RESTART) await this.restart();
    if (chosen === SHOW_LOGS) this.serverLog.show();
  }

  private async run(server: Server): Promise<void> {
    this.clientLog.info(`starting ${server.command} (${server.origin})`);
    const restarts = new Restarts(() => void this.complain(`\`${server.command}\` ends again and again`));
    const client = new Client(
      "rlint",
      "rlint",
      { command: server.command, args: ["server"] },
      {
        documentSelector: DOCUMENTS,
        outputChannel: this.serverLog,
        traceOutputChannel: this.clientLog,
        errorHandler: restarts,
        // The session says it.
        initializationFailedHandler: () => false,
        initializationOptions: { settings: workspace.getConfiguration("rlint") },
        middleware: {
          workspace: {
            // A client on its way out has nobody to tell.
            didChangeConfiguration: async (sections, next) => {
              if (this.current?.client === client) await next(sections);
            },
          },
        },
      },
    );
    this.running = { client, server };
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        restarts.hasRun = true;
        const version = client.initializeResult?.serverInfo?.version ?? "";
        this.clientLog.info(`rlint ${version} runs`);
        this.status.runs(version, server.origin, workspace.isTrusted);
      } else if (newState === State.Stopped && this.running?.client === client) {
        this.status.failed("the server has stopped");
      }
    });
    try {
      await inTime(client.start());
    } catch (error) {
      this.clientLog.error(`${server.command} does not start: ${String(error)}`);
      // A client that has not begun refuses to stop, but ends its server.
      await client.dispose().catch(() => undefined);
      this.status.failed("the server does not start");
      this.running = undefined;
      void this.complain(`\`${server.command}\` does not start`);
    }
  }

  private async end(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    if (!running) return;
    try {
      await running.client.dispose();
    } catch (error) {
      this.clientLog.warn(`the server did not stop as it should: ${String(error)}`);
    }
  }
}

/** Waits for the first answer of a server, but not for ever: nothing could be started after it. */
async function inTime(start: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE / 1000} seconds`)), PATIENCE);
  });
  await Promise.race([start, late]).finally(() => clearTimeout(timer));
}
