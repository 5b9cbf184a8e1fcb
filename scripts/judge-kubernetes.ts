/**
 * `npm run judge:kubernetes`: the suites that both kinds of cluster must pass, on a real control plane, which is built
 * where it is not cached yet. Ends with one line `N passed, N failed`. Where it cannot be had it says so.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { controlPlane, missingPrograms } from '../sandbox/cluster-kubernetes/programs.ts';
import { build } from './controlplane/build.ts';
import { goProblem } from './controlplane/go.ts';

const suites = ['tests/sandbox/cluster-api', 'tests/sandbox/cluster-kubernetes'];

process.exitCode = await main();

async function main(): Promise<number> {
  const problem = missingPrograms(controlPlane).length === 0 ? undefined : await goProblem();
  if (problem !== undefined) return withoutJudge(problem, false);
  const say = (line: string): void => {
    console.log(line);
  };
  const options = { wanted: controlPlane, jobs: undefined, keepGo: false };
  const isBuilt = await build(options, say, new AbortController().signal);
  // In continuous integration a machine that has Go has to have the control plane, too: otherwise nobody would ever judge.
  if (!isBuilt) return withoutJudge('it cannot be built here.', Boolean(process.env['CI']));
  const again = process.env['CI'] === undefined ? [] : ['--again'];
  const { status } = spawnSync(process.execPath, ['scripts/test.mjs', '--no-package', ...again, ...suites], {
    cwd: path.dirname(import.meta.dirname),
    env: { ...process.env, KEYLESS_PODS_CLUSTER: 'kubernetes' },
    stdio: 'inherit',
  });
  return status ?? 1;
}

function withoutJudge(reason: string, counts: boolean): number {
  console.error(
    `!! ${counts ? 'FAILED' : 'SKIPPED'} the real Kubernetes as a judge of the embedded cluster: ${reason}`,
  );
  console.log(`0 passed, ${counts ? '1' : '0'} failed`);
  return counts ? 1 : 0;
}
