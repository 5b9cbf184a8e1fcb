/** Which npm packages a bundle holds, and how many copies of each. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { readJson } from './project.ts';

/** One copy of a package on disk. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** Relative to the repository. */
  readonly folder: string;
  readonly license: unknown;
  readonly author: unknown;
  /** The builds of the package that were taken from this copy: `esm`, `commonjs`, or `.` where it has only one. */
  readonly variants: readonly string[];
}

/** Sorted by name, then folder. */
export function bundledPackages(root: string, metafiles: readonly Metafile[]): BundledPackage[] {
  const variants = new Map<string, Set<string>>();
  for (const input of metafiles.flatMap(shippedInputs)) {
    const found = packageOf(input);
    if (!found || isSharedState(input)) continue;
    const known = variants.get(found.folder) ?? new Set();
    variants.set(found.folder, known.add(found.variant));
  }
  return [...variants.entries()]
    .map(([folder, found]) => describe(root, folder, [...found].sort()))
    .sort((a, b) => compareText(a.name, b.name) || compareText(a.folder, b.folder));
}

/** Files of which at least one byte is in an output: a package that was shaken off completely is not shipped. */
function shippedInputs(metafile: Metafile): string[] {
  const outputs = Object.values(metafile.outputs);
  const used = outputs.flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  return used.map(([input]) => input);
}

/** Azure's packages keep what both of their builds need in one CommonJS file: the remedy for two states, not a case of it. */
function isSharedState(input: string): boolean {
  return /node_modules\/@azure\/[^/]+\/dist\/commonjs\/state(-cjs)?\.js$/.test(input);
}

function packageOf(input: string): { folder: string; variant: string } | undefined {
  const match = /^(?<folder>.*node_modules\/(?:@[^/]+\/)?[^/]+)\/(?<rest>.*)$/.exec(input)?.groups;
  const folder = match?.['folder'];
  if (folder === undefined) return undefined;
  const variant = /^(?:dist|lib|build)\/(?<name>esm|commonjs|cjs|mjs|browser|workerd|react-native)\//.exec(
    match?.['rest'] ?? '',
  );
  return { folder, variant: variant?.groups?.['name'] ?? '.' };
}

function describe(root: string, folder: string, variants: readonly string[]): BundledPackage {
  const file = path.join(root, folder, 'package.json');
  if (!existsSync(file)) throw new Error(`The bundle holds code of ${folder}, which has no package.json`);
  const { name, version, license, author } = readJson(file) as {
    name: string;
    version: string;
    license?: unknown;
    author?: unknown;
  };
  return { name, version, folder, license, author, variants };
}

/**
 * Packages that keep state in module variables: a second copy in the same process is a second state (two secret masks,
 * two log levels, classes that are not `instanceof` each other).
 */
const stateful = [
  /^azure-pipelines-task-lib$/,
  /^@azure\//,
  /^@azure-rest\//,
  /^@typespec\//,
  /^@kubernetes\/client-node$/,
];

/** What is wrong with the copies in one bundle; empty when nothing is. */
export function copyProblems(packages: readonly BundledPackage[]): string[] {
  const names = new Set(
    packages.map(({ name }) => name).filter((name) => stateful.some((pattern) => pattern.test(name))),
  );
  const problems = [...names].flatMap((name) => {
    const copies = packages.filter((one) => one.name === name);
    const described = copies.flatMap(({ folder, version, variants }) =>
      variants.map((variant) => `${folder} ${version} (${variant})`),
    );
    return described.length > 1
      ? [`${name} is bundled ${String(described.length)} times: ${described.join(', ')}`]
      : [];
  });
  return names.has('azure-pipelines-task-lib')
    ? problems
    : [...problems, 'azure-pipelines-task-lib is not in the bundle'];
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
