/** `npm run controlplane` with a Go of a few lines: what is asked of it, what is kept, and what is said without it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { controlPlane, programs, type ProgramName } from '../../sandbox/cluster-kubernetes/programs.ts';
import { buildArguments, buildEnvironment, isOldGo, isPackage, lastWords } from '../../scripts/controlplane/go.ts';
import { readOptions } from '../../scripts/controlplane/options.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('the table of the control plane', () => {
  for (const [name, { version, module, package: main }] of Object.entries(programs)) {
    it(`has the version of ${name} that its go.mod pins, with its checksum`, () => {
      const folder = path.join(root, 'scripts/controlplane/modules', module);
      const required = readFileSync(path.join(folder, 'go.mod'), 'utf8').matchAll(/^(?:require)?\s+(\S+) v(\S+)$/gm);
      const pinned = [...required].find(([, its = '']) => main === its || main.startsWith(`${its}/`));
      assert.ok(pinned, 'go.mod does not require it');
      assert.equal(pinned[2], version);
      assert.match(
        readFileSync(path.join(folder, 'go.sum'), 'utf8'),
        new RegExp(`^${pinned[1] ?? ''} v${version} h1:`, 'm'),
      );
    });
  }

  it('replaces every staging module of Kubernetes with the release that belongs to it', () => {
    const text = readFileSync(path.join(root, 'scripts/controlplane/modules/kubernetes/go.mod'), 'utf8');
    const replaced = [...text.matchAll(/^\t(k8s\.io\/\S+) => (\S+) (\S+)$/gm)];
    assert.equal(replaced.length, 33);
    const { version } = programs['kube-apiserver'];
    for (const [, from, to, its] of replaced) assert.deepEqual([to, its], [from, version.replace(/^1/, 'v0')]);
  });
});

describe('the command line of npm run controlplane', () => {
  it('wants what --cluster kubernetes needs, unless it is told', () => {
    assert.deepEqual(readOptions([]), { wanted: controlPlane, jobs: undefined, keepGo: false });
    assert.deepEqual(readOptions(['mic', 'nmi', '--jobs', '1', '--keep-go']), {
      wanted: ['mic', 'nmi'],
      jobs: 1,
      keepGo: true,
    });
    assert.deepEqual(readOptions(['--all']).wanted, Object.keys(programs));
  });

  for (const [args, message] of [
    [['kubelet'], /There is no program kubelet. There are: etcd, /],
    [['--jobs', '0'], /--jobs 0: use a whole number from 1 to 99/],
    [['--fast'], /Unknown option '--fast'/],
  ] as const) {
    it(`refuses ${args.join(' ')}`, () => {
      assert.throws(() => readOptions(args), { name: 'UsageError', message });
    });
  }
});

describe('what Go is asked for', () => {
  const program = programs['kube-apiserver'];

  it('is a build of what go.sum says, that tells its version', () => {
    const args = buildArguments({ program, output: '/out/kube-apiserver', jobs: 1 });
    assert.deepEqual(args.slice(-3), ['-o', '/out/kube-apiserver', 'k8s.io/kubernetes/cmd/kube-apiserver']);
    for (const flag of ['-mod=readonly', '-trimpath', '-p']) assert.ok(args.includes(flag), flag);
    const linker = args[args.indexOf('-ldflags') + 1] ?? '';
    assert.match(linker, /-X k8s\.io\/component-base\/version\.gitVersion=v1\.36\.3 /);
    assert.match(linker, /-X k8s\.io\/component-base\/version\.gitMinor=36/);
  });

  it('keeps the way to the modules, and nothing that would change the program', () => {
    const env = { PATH: '/bin', GOPROXY: 'https://proxy.example', GOFLAGS: '-race', GOOS: 'windows', GOARCH: 'arm' };
    assert.deepEqual(buildEnvironment(env, { work: '/work', jobs: 2 }), {
      PATH: '/bin',
      GOPROXY: 'https://proxy.example',
      CGO_ENABLED: '0',
      GOWORK: 'off',
      GOCACHE: path.join('/work', 'build'),
      GOMODCACHE: path.join('/work', 'modules'),
      GOMAXPROCS: '2',
    });
  });

  it('can be built by Go 1.21 and newer', () => {
    for (const [version, old] of [
      ['go1.26.0', false],
      ['go1.21', false],
      ['devel go1.27-3f4164f508', false],
      ['go1.20.14', true],
      ['', true],
    ] as const)
      assert.equal(isOldGo(version), old, version);
  });

  it('is told by the packages that are compiled, and by the words that are no package', () => {
    assert.ok(isPackage('k8s.io/apimachinery/pkg/api/meta'));
    assert.ok(!isPackage('go: downloading k8s.io/api v0.36.3'));
    assert.equal(
      lastWords('fmt\ngo: downloading k8s.io/api v0.36.3\n# k8s.io/api\nmain.go:3: undefined: x\n'),
      '# k8s.io/api | main.go:3: undefined: x',
    );
  });
});

describe('npm run controlplane', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'keyless-pods-controlplane-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param script what `go` does in sh; undefined: there is no Go */
  function run(
    cache: string,
    script: string | undefined,
    ...args: readonly string[]
  ): { code: number | null; text: string } {
    const bin = path.join(folder, `${cache}-bin`);
    mkdirSync(bin, { recursive: true });
    if (script !== undefined) {
      writeFileSync(path.join(bin, 'go'), `#!/bin/sh\n${script}\n`);
      chmodSync(path.join(bin, 'go'), 0o755);
    }
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/controlplane.ts', ...args],
      {
        cwd: root,
        encoding: 'utf8',
        env: {
          PATH: `${bin}:${script === undefined ? '' : '/usr/bin:/bin'}`,
          KEYLESS_PODS_CACHE: path.join(folder, cache),
        },
      },
    );
    return { code: status, text: stdout + stderr };
  }

  const version = '[ "$1" = env ] && { echo go1.26.0; exit; }';
  const writes = `${version}; mkdir -p "$GOCACHE"; echo k8s.io/a >&2; while [ $# -gt 1 ]; do [ "$1" = -o ] && echo program >"$2"; shift; done`;
  const kept = (cache: string): string[] => readdirSync(path.join(folder, cache, 'controlplane')).sort();
  const file = (name: ProgramName): string => path.join(`${name}-${programs[name].version}`, name);

  it('says what would be needed where there is no Go, and fails', () => {
    const { code, text } = run('none', undefined);
    assert.equal(code, 1);
    assert.match(text, /Go is missing\. Building a control plane needs Go 1\.26 or newer/);
  });

  it('keeps each program by its version, throws away what Go left, and has nothing to do the second time', () => {
    const first = run('whole', writes);
    assert.equal(first.code, 0, first.text);
    assert.match(first.text, /etcd 3\.6\.16: built, 0 MB/);
    assert.deepEqual(kept('whole'), controlPlane.map((name) => path.dirname(file(name))).sort());
    for (const name of controlPlane) assert.ok(existsSync(path.join(folder, 'whole', 'controlplane', file(name))));
    const second = run('whole', undefined);
    assert.equal(second.code, 0, second.text);
    assert.match(second.text, /^Nothing to do: etcd 3\.6\.16, kube-apiserver 1\.36\.3/);
  });

  it('keeps what was built before a build failed, nothing half made, and what Go downloaded', () => {
    const { code, text } = run(
      'half',
      writes.replace('shift; done', 'case "$2" in */kubectl) echo no space left >&2; exit 1; esac; shift; done'),
      'etcd',
      'kubectl',
      'kwok',
    );
    assert.equal(code, 1);
    assert.match(text, /kubectl 1\.36\.3 cannot be built: no space left/);
    assert.deepEqual(kept('half'), ['etcd-3.6.16', 'go']);
  });
});
