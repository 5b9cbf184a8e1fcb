/**
 * `npm run judge:az`: az 2.91, unmodified, judges the sandbox's Azure through the sandbox's proxy. Ends with one line
 * `N passed, N failed`. Where az cannot be had it says so, and what would be needed.
 *
 *   npm run judge:az                   every group of cases
 *   npm run judge:az -- roles vaults   some of them
 */
import process from 'node:process';
import { azureCliVersion, findAzureCli } from './azure-cli/install.ts';
import { groups } from './judge-az/cases.ts';
import { runGroup, type Verdict } from './judge-az/run-group.ts';

const wanted = process.argv.slice(2);
const chosen = groups.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
process.exitCode = await main();

async function main(): Promise<number> {
  if (chosen.length === 0) {
    console.error(`No such cases: ${wanted.join(', ')}. There are: ${groups.map(({ name }) => name).join(', ')}.`);
    return finish(0, 1);
  }
  const cli = await findAzureCli((line) => {
    console.log(line);
  });
  if (cli.found) return judge(cli.folder);
  // In continuous integration a machine that has Python has to have az, too: otherwise nobody would ever judge.
  const counts = cli.failed && Boolean(process.env['CI']);
  console.error(`!! ${counts ? 'FAILED' : 'SKIPPED'} az as a judge of the sandbox: ${cli.reason}`);
  return finish(0, counts ? 1 : 0);
}

/** Two groups at a time, each with a sandbox of its own: az keeps one core busy. */
async function judge(azFolder: string): Promise<number> {
  console.log(
    `az ${azureCliVersion} judges the sandbox: ${String(chosen.flatMap(({ cases }) => cases).length)} cases.`,
  );
  const verdicts: Verdict[] = [];
  const waiting = [...chosen];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await runGroup(next, azFolder, (verdict) => {
        verdicts.push(verdict);
        report(verdict);
      });
    }
  };
  await Promise.all([lane(), lane()]);
  const failed = verdicts.filter(({ problems }) => problems.length > 0).length;
  return finish(verdicts.length - failed, failed);
}

function report({ name, problems, milliseconds }: Verdict): void {
  console.log(`${problems.length === 0 ? 'ok' : 'FAILED'} ${name} (${(milliseconds / 1000).toFixed(1)} s)`);
  for (const problem of problems) console.log(problem.replaceAll(/^/gm, '    '));
}

function finish(passed: number, failed: number): number {
  console.log(`${String(passed)} passed, ${String(failed)} failed`);
  return failed === 0 ? 0 : 1;
}
