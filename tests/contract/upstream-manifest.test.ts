/**
 * What PodIdentityInstall writes, judged by the manifests of the release itself. They come as a Go module (the project's
 * own archive at that tag), into a cache outside the checkout.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { installation } from '../../src/operations/pod-identity-install/goals.ts';
import type { ManifestOptions } from '../../src/operations/pod-identity-install/manifests/manifest.ts';
import { lastVersion } from '../../src/operations/pod-identity-install/manifests/versions.ts';
import { skipLoudly } from '../support/skip.ts';

const MODULE = 'github.com/Azure/aad-pod-identity@v1.8.17';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Folder of the module's files. @throws where there is no go, or the module cannot be had */
async function download(): Promise<string> {
  const cache = process.env['KEYLESS_PODS_CACHE'] ?? path.join(os.homedir(), '.cache', 'keyless-pods');
  const folder = path.join(cache, 'go');
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GOMODCACHE: path.join(folder, 'modules'), GOFLAGS: '-modcacherw' };
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', MODULE], {
    cwd: os.tmpdir(),
    env,
    timeout: 90_000,
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

function readManifests(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(file, 'utf8'))
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** Without what has no effect: descriptions, labels and annotations of ours or of a generator, status, and order. */
function essence(value: Json, key = ''): Json {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => essence(item));
    return items.toSorted((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right)));
  }
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value as Readonly<Record<string, Json>>).filter(([name, each]) =>
      matters(name, each, key),
    );
    return Object.fromEntries(kept.map(([name, each]): [string, Json] => [name, essence(each, name)]).sort());
  }
  // The API server writes 1Gi for 1024Mi.
  return value === '1024Mi' ? '1Gi' : value;
}

function matters(name: string, value: Json, parent: string): boolean {
  if (name === 'status' && parent === '') return false;
  if (name === 'description' && typeof value === 'string') return false;
  if (name === 'subresources' && JSON.stringify(value) === '{}') return false;
  if (parent === 'metadata' && name === 'labels') return false;
  return !(parent === 'annotations' && name.startsWith('controller-gen'));
}

function written(options: Pick<ManifestOptions, 'installMode' | 'namespace'>): readonly Manifest[] {
  const common = { version: lastVersion, namespaced: false, allowKubenet: false, tolerations: [] };
  return installation({ ...common, ...options }).map(({ manifest }) => manifest.object as unknown as Manifest);
}

describe('the objects that PodIdentityInstall writes', function () {
  this.timeout(120_000);
  const upstream: Manifest[] = [];
  const upstreamManaged: Manifest[] = [];
  const ours = written({ installMode: 'standard', namespace: 'default' });

  before(async function () {
    try {
      const folder = path.join(await download(), 'deploy', 'infra');
      for (const file of ['deployment-rbac.yaml', 'mic-exception.yaml'])
        upstream.push(...readManifests(path.join(folder, file)));
      upstreamManaged.push(...readManifests(path.join(folder, 'managed-mode-deployment.yaml')));
    } catch (error) {
      skipLoudly(this, `${MODULE} cannot be had as a Go module here: ${(error as Error).message.split('\n')[0] ?? ''}`);
    }
  });

  it('are those of the release, all of them and no others', () => {
    const names = (manifests: readonly Manifest[]): string[] =>
      manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
    assert.deepEqual(names(ours), names(upstream));
  });

  for (const { kind, metadata } of ours) {
    it(`say what the release says: ${kind} ${metadata.name}`, () => {
      const find = (manifests: readonly Manifest[]): Json =>
        manifests.find((each) => each.kind === kind && each.metadata.name === metadata.name) as unknown as Json;
      assert.deepEqual(essence(find(ours)), essence(find(upstream)));
    });
  }

  it('in managed mode are those of the release and the exception of the add-ons', () => {
    const managed = written({ installMode: 'managed', namespace: 'kube-system' });
    const find = (manifests: readonly Manifest[], { kind, metadata }: Manifest): Json =>
      manifests.find((each) => each.kind === kind && each.metadata.name === metadata.name) as unknown as Json;
    assert.deepEqual(
      managed.map(({ kind }) => kind).sort(),
      [...upstreamManaged.map(({ kind }) => kind), 'AzurePodIdentityException'].sort(),
    );
    for (const theirs of upstreamManaged) {
      // A flag without a value is the same flag with true.
      const flags = JSON.parse(
        JSON.stringify(theirs).replace('"--forceNamespaced"', '"--forceNamespaced=true"'),
      ) as Json;
      assert.deepEqual(essence(find(managed, theirs)), essence(flags));
    }
  });
});
