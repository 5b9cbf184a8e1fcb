/** The checks of vss-extension.json that tfx does not make. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface ExtensionManifest {
  readonly id: string;
  readonly publisher: string;
  readonly version: string;
  readonly name: string;
  readonly description: string;
  readonly public: boolean;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly targets: readonly { readonly id: string }[];
  readonly scopes?: readonly string[];
  readonly icons: { readonly default: string };
  readonly content: { readonly details: { readonly path: string }; readonly license: { readonly path: string } };
  readonly files: readonly { readonly path: string; readonly contentType?: string; readonly addressable?: boolean }[];
  readonly contributions: readonly Contribution[];
}

export interface Contribution {
  readonly id: string;
  readonly type: string;
  readonly targets: readonly string[];
  readonly properties: { readonly name: string };
}

const knownKeys: readonly string[] = [
  ...[
    'manifestVersion',
    'id',
    'publisher',
    'version',
    'name',
    'description',
    'public',
    'categories',
    'tags',
    'targets',
  ],
  ...[
    'icons',
    'branding',
    'content',
    'links',
    'files',
    'contributions',
    'repository',
    'badges',
    'screenshots',
    'galleryFlags',
  ],
];

const taskType = 'ms.vss-distributed-task.task';

/** @param folder the built extension */
export function manifestProblems(folder: string, manifest: ExtensionManifest): string[] {
  const unknown = Object.keys(manifest).filter((key) => !knownKeys.includes(key));
  const ids = manifest.contributions.map(({ id }) => id);
  const checks: readonly (readonly [boolean, string])[] = [
    [
      unknown.length === 0,
      `unknown keys: ${unknown.join(', ')} (tasks need no scopes, and a scope stops automatic updates)`,
    ],
    [/^[A-Za-z0-9-]+$/.test(manifest.id), `id ${manifest.id} has other characters than letters, digits and hyphens`],
    [/^\d+\.\d+\.\d+$/.test(manifest.version), `version ${manifest.version} is not of the form major.minor.patch`],
    [!manifest.public, 'public is true: a package is promoted to public only when it is released'],
    [
      manifest.description.length <= 200,
      `description has ${String(manifest.description.length)} characters, more than 200`,
    ],
    [manifest.categories.join() === 'Azure Pipelines', 'categories must be exactly Azure Pipelines'],
    [manifest.tags.length > 0, 'tags are missing'],
    [new Set(ids).size === ids.length, 'two contributions have the same id'],
  ];
  const papers = [manifest.icons.default, manifest.content.details.path, manifest.content.license.path];
  const missing = [...papers, ...manifest.files.map((file) => file.path)].filter(
    (file) => !existsSync(path.join(folder, file)),
  );
  return [
    ...checks.filter(([holds]) => !holds).map(([, problem]) => problem),
    ...missing.map((file) => `${file} is named but not there`),
    ...manifest.files
      .filter(({ addressable }) => addressable)
      .map((file) => `${file.path} would be served to anybody over HTTP`),
    ...manifest.contributions.flatMap((contribution) => contributionProblems(manifest, contribution)),
  ];
}

function contributionProblems(manifest: ExtensionManifest, { id, type, targets, properties }: Contribution): string[] {
  const rightKind = type === taskType && targets.join() === `${taskType}s`;
  const packed = manifest.files.some((file) => file.path === properties.name);
  return [
    ...(rightKind ? [] : [`contribution ${id}: type or target is not that of a task`]),
    ...(packed ? [] : [`contribution ${id}: its folder ${properties.name} is not among the files`]),
  ];
}
