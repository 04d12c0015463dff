// The page of the rule at the cursor, as a preview.

import {
  commands,
  type Disposable,
  EventEmitter,
  languages,
  type TextDocumentContentProvider,
  type TextEditor,
  Uri,
  window,
  workspace,
} from "vscode";
import { needServer } from "./commands";
import type { Session } from "./session";

const SCHEME = "rlint-rule";

/** Shows pages of rules. */
export class Explain implements TextDocumentContentProvider, Disposable {
  private readonly changed = new EventEmitter<Uri>();
  private readonly pages = new Map<string, string>();
  private readonly registration = workspace.registerTextDocumentContentProvider(SCHEME, this);
  readonly onDidChange = this.changed.event;

  constructor(private readonly session: Session) {}

  provideTextDocumentContent(uri: Uri): string {
    return this.pages.get(uri.path) ?? "";
  }

  /** Shows the page of the rule at the cursor of the active editor; asks for one where there are several or none. */
  async show(): Promise<void> {
    const running = needServer(this.session);
    if (!running) return;
    const rule = await choose(window.activeTextEditor);
    if (!rule) return;
    let page: string;
    try {
      page = await running.client.sendRequest<string>("workspace/executeCommand", {
        command: "rlint.explain",
        arguments: [rule],
      });
    } catch (error) {
      void window.showErrorMessage(`rlint: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    const uri = Uri.from({ scheme: SCHEME, path: `/${rule}.md` });
    this.pages.set(uri.path, page);
    this.changed.fire(uri);
    await commands.executeCommand("markdown.showPreviewToSide", uri);
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

async function choose(editor: TextEditor | undefined): Promise<string | undefined> {
  const rules = editor ? rulesAt(editor) : [];
  if (rules.length > 1) return window.showQuickPick(rules, { title: "Explain which rule?" });
  return rules[0] ?? window.showInputBox({ title: "Explain a rule", placeHolder: "its id, its name, or the id of another linter" });
}

/** The rules that report something where the cursor is; else the word that may be one. */
function rulesAt(editor: TextEditor): string[] {
  const at = editor.selection.active;
  const found = languages.getDiagnostics(editor.document.uri).filter(({ source }) => source === "rlint");
  const here = found.filter(({ range }) => range.contains(at));
  const chosen = here.length > 0 ? here : found.filter(({ range }) => range.start.line <= at.line && at.line <= range.end.line);
  const ids = chosen.map(({ code }) => String(typeof code === "object" ? code.value : code ?? ""));
  if (ids.length > 0) return [...new Set(ids.filter((id) => id !== ""))];
  const word = editor.document.getWordRangeAtPosition(at, /[\w-]+\/[\w-]+/);
  return word ? [editor.document.getText(word)] : [];
}
