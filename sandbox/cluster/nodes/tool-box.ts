/**
 * The programs that a pod's commands find: a directory of links per set of tools, the only entry of the pod's PATH.
 * Narrowed by the pod's annotation `sandbox.keyless-pods/tools`, a list of `curl`, `wget`, `busybox`, or `none`.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubeObject } from '../../contracts.ts';

const TOOLS_ANNOTATION = 'sandbox.keyless-pods/tools';

/** What scripts need besides sh's own words: no jq, no package manager, nothing that reaches the host. */
const BASICS = (
  'sh cat ls env sleep head tail grep sed tr cut wc base64 date hostname id mkdir rm cp mv chmod test [ expr sort uniq ' +
  'awk od sha256sum true false mktemp tee xargs dirname basename printf echo uname seq touch timeout'
).split(' ');

export class ToolBox {
  readonly #root: string;
  readonly #searchPath: readonly string[];
  readonly #ready = new Map<string, string>();

  /** @param searchPath the host's own PATH */
  constructor(root: string, searchPath: string) {
    this.#root = root;
    this.#searchPath = searchPath.split(path.delimiter).filter((directory) => path.isAbsolute(directory));
  }

  /** The directory for this pod's tools, made when it is first needed. */
  directoryFor(pod: KubeObject): string {
    return this.#directoryWith(pod.metadata.annotations?.[TOOLS_ANNOTATION] ?? 'curl,wget');
  }

  /** What an image brings that is not the pod's own: that of an ephemeral container. */
  get usual(): string {
    return this.#directoryWith('curl,wget');
  }

  #directoryWith(text: string): string {
    const tools = [...new Set(text.split(',').map((tool) => tool.trim()))].sort();
    const key = tools.join('-').replaceAll(/[^a-z0-9-]/g, '') || 'none';
    const known = this.#ready.get(key);
    if (known !== undefined) return known;
    const directory = path.join(this.#root, `tools-${key}`);
    mkdirSync(directory, { recursive: true });
    this.#fill(directory, tools);
    this.#ready.set(key, directory);
    return directory;
  }

  #fill(directory: string, tools: readonly string[]): void {
    if (tools.includes('none')) return;
    if (tools.includes('busybox')) this.#linkBusybox(directory);
    for (const name of BASICS) this.#link(directory, name);
    for (const name of ['curl', 'wget']) {
      if (tools.includes(name) && !this.#link(directory, name)) standIn(directory, name, `${name}.mjs`);
    }
  }

  #linkBusybox(directory: string): void {
    const busybox = this.#find('busybox');
    if (busybox === undefined) {
      standIn(directory, 'wget', 'wget.mjs', '--like-busybox');
      return;
    }
    const applets = new Set(execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n'));
    for (const name of [...BASICS, 'wget', 'busybox']) {
      if (applets.has(name)) symlinkSync(busybox, path.join(directory, name));
    }
  }

  #link(directory: string, name: string): boolean {
    if (existsSync(path.join(directory, name))) return true;
    const found = this.#find(name);
    if (found !== undefined) symlinkSync(found, path.join(directory, name));
    return found !== undefined;
  }

  #find(name: string): string | undefined {
    return this.#searchPath.map((directory) => path.join(directory, name)).find(isExecutable);
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A wrapper, because the pod's PATH has no node for a `#!/usr/bin/env node`. */
function standIn(directory: string, name: string, script: string, ...flags: readonly string[]): void {
  const file = fileURLToPath(new URL(`stand-in/${script}`, import.meta.url));
  const words = [process.execPath, file, ...flags].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  const target = path.join(directory, name);
  writeFileSync(target, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  chmodSync(target, 0o755);
}
