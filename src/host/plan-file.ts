import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DiagnosticError } from '../diagnostics/diagnostic.ts';

/** A file that can be written, or `problem`: what is wrong with the path, as the text of an input problem. */
export type PlanFileChoice = { readonly file: PlanFile } | { readonly problem: string };

/** Inputs that name a file to write, and what goes there. */
const contents = { outputPlanFile: 'plan', junitFile: 'JUnit report' } as const;

export type FileInput = keyof typeof contents;

/** Where the plan of this run goes, or another file that tells of it. */
export interface PlanFile {
  /** Takes away what an earlier run left there, which nobody must take for the plan of this one. */
  clear(): void;
  /** The file is there whole or not at all. @throws DiagnosticError INP001 */
  write(text: string): void;
  /** One more line. @throws DiagnosticError INP001 */
  append(line: string): void;
}

/**
 * Looks, by writing beside it, whether the file can be written. Missing folders are made below the working directory;
 * elsewhere a folder that is not there is more likely misspelt.
 */
export function choosePlanFile(
  text: string,
  workingDirectory: string,
  input: FileInput = 'outputPlanFile',
): PlanFileChoice {
  const file = path.resolve(workingDirectory, text);
  const allowed = (what: string): PlanFileChoice => ({ problem: `is "${text}"; allowed: ${what}` });
  const folder = path.dirname(file);
  try {
    if (/[\\/]$/.test(text) || isFolder(file)) return allowed('the path of a file, and this is a folder');
    if (isBelow(folder, workingDirectory)) mkdirSync(folder, { recursive: true });
    writeWhole(file, '', (draft) => {
      rmSync(draft, { force: true });
    });
  } catch (error) {
    return allowed(`a path that the agent can write (${reasonOf(error)})`);
  }
  return { file: planFileAt(file, input) };
}

function planFileAt(file: string, input: FileInput): PlanFile {
  return {
    clear: () => {
      rmSync(file, { force: true });
    },
    write: (content) => {
      orFail({ file, input }, () => {
        writeWhole(file, content, (draft) => {
          renameSync(draft, file);
        });
      });
    },
    append: (line) => {
      orFail({ file, input }, () => {
        appendFileSync(file, line);
      });
    },
  };
}

function orFail({ file, input }: { readonly file: string; readonly input: FileInput }, write: () => void): void {
  try {
    write();
  } catch (error) {
    const message = `The ${contents[input]} cannot be written to ${file} (${input}): ${reasonOf(error)}.`;
    throw new DiagnosticError('INP001', { message }, { cause: error });
  }
}

/** Beside the file first: a run that is killed while it writes leaves no half plan under the name. */
function writeWhole(file: string, content: string, finish: (draft: string) => void): void {
  const draft = `${file}.${randomUUID().slice(0, 8)}`;
  writeFileSync(draft, content);
  finish(draft);
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isBelow(folder: string, top: string): boolean {
  const way = path.relative(path.resolve(top), folder);
  return !path.isAbsolute(way) && way !== '..' && !way.startsWith(`..${path.sep}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
