import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const module = path.join(import.meta.dirname, '../../../sandbox/kit/orphaned.mjs');
const program = `import { orphaned } from ${JSON.stringify(module)};
orphaned().then(() => { console.log('orphaned'); process.exit(); });
setTimeout(() => { console.log('still there'); process.exit(); }, 4000);
console.log('up');`;

/** What a program under a shell says after the shell was told to end, as npm tells its own. */
async function afterShellEnded(environment: Readonly<Record<string, string>>): Promise<string> {
  const command = '"$0" --input-type=module -e "$1"; true';
  const shell = spawn('sh', ['-c', command, process.execPath, program], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (chunk.includes('up')) shell.kill('SIGTERM');
  });
  await once(shell.stdout, 'end');
  return output.trim().split('\n').at(-1) ?? '';
}

describe('a program that npm started', function () {
  this.timeout(15_000);

  it('notices when its shell has gone', async () => {
    assert.equal(await afterShellEnded({ npm_lifecycle_event: 'sandbox' }), 'orphaned');
  });

  it('does not mind where npm did not start it', async () => {
    assert.equal(await afterShellEnded({}), 'still there');
  });
});
