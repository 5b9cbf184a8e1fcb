/** `npm ci` must work in a fresh clone on every operating system, from whatever registry npm is set to. */
import assert from 'node:assert/strict';
import { readText } from './project.ts';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('the lock file', () => {
  const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Record<string, Locked> };
  const manifest = JSON.parse(readText('package.json')) as Record<string, Record<string, string>>;

  it('names no registry', () => {
    const named = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined);
    assert.deepEqual(
      named.map(([name]) => name),
      [],
    );
  });

  it('holds the optional packages of every operating system, which npm install sometimes drops', () => {
    const missing = Object.entries(packages).flatMap(([name, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}).filter((wanted) => !isReachable(name, wanted)),
    );
    assert.deepEqual(missing, []);
  });

  it('has every direct dependency in the exact version of package.json', () => {
    const direct = { ...manifest['dependencies'], ...manifest['devDependencies'] };
    const different = Object.entries(direct).filter(
      ([name, version]) => packages[`node_modules/${name}`]?.version !== version,
    );
    assert.deepEqual(different, []);
  });

  it('brings nothing that ships and needs an install script', () => {
    const shipped = Object.keys(manifest['dependencies'] ?? {}).filter(
      (name) => packages[`node_modules/${name}`]?.hasInstallScript,
    );
    assert.deepEqual(shipped, []);
  });

  /** Node's own look-up: in the package's node_modules, then in those above it. */
  function isReachable(from: string, wanted: string): boolean {
    for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
      if (`${base === '' ? '' : `${base}/`}node_modules/${wanted}` in packages) return true;
      if (base === '') return false;
    }
  }
});
