import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { healedByFreshGrants } from '../../../../src/checks/patience.ts';
import type { Run } from './support.ts';
import { bypassed, good, noIdentity, pod, run } from './support.ts';

const inputs = { retry: 'true' };
const missing = [
  'kp1 tool curl',
  'kp1 token.status 200',
  'kp1 token.path nmi',
  'kp1 vault.status 404',
  'kp1 vault.code SecretNotFound',
  'kp1 end 0',
];
const unlabelled = [pod('web-1', { labels: {} })];

function notes({ events }: Run): string[] {
  return events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
}

describe('PodSecretCheck with retry', () => {
  it('waits for a binding that is not there yet, which ends it without', async () => {
    const answers = [noIdentity, noIdentity, noIdentity, good];
    const without = await run(answers, { pods: unlabelled });
    assert.equal(without.proof.failure?.code, 'CHK010');
    assert.deepEqual(without.slept, []);
    const patient = await run(answers, { pods: unlabelled, inputs });
    assert.equal(patient.proof.failure, undefined);
    assert.equal(patient.commands.length, 4);
    assert.equal(patient.events.filter(({ type }) => type === 'waiting').length, 1);
  });

  it('waits for NMI to catch the requests of its node', async () => {
    assert.equal((await run([bypassed, good], { inputs })).proof.failure, undefined);
  });

  it('gives every kind of failure all the time there is, and says when it is over', async () => {
    const silent = ['kp1 tool curl', 'kp1 token.failure timeout', 'kp1 end 0'];
    const found = await run([silent], { inputs, minutes: 4 });
    assert.equal(found.proof.failure?.code, 'CHK011');
    assert.equal(Math.round(found.slept.reduce((sum, each) => sum + each, 0)), 240_000);
    assert.deepEqual(notes(found), ['Not asked again: the 4 min of timeoutInMinutes are over.']);
  });

  it('ends at once where waiting cannot help, and says so', async () => {
    const found = await run([missing], { inputs });
    assert.equal(found.proof.failure?.code, 'CHK043');
    assert.deepEqual(found.slept, []);
    assert.deepEqual(notes(found), ['Not asked again: waiting does not mend CHK043.']);
    const nobody = await run([good], { inputs: { ...inputs, container: 'nobody' } });
    assert.equal(nobody.proof.failure?.code, 'CHK001');
    assert.deepEqual(nobody.slept, []);
  });

  it('stops when a failure that heals turns into one that does not', async () => {
    const found = await run([bypassed, bypassed, missing], { inputs });
    assert.equal(found.proof.failure?.code, 'CHK043');
    assert.equal(found.commands.length, 3);
  });

  it('is documented with the codes that heal, and why', () => {
    const readme = readFileSync(path.join(import.meta.dirname, '../../../../tasks/PodSecretCheck/README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| `(CHK\d+)` +\| (.+?) +\|$/gm)].map(([, code, why]) => [code, why]);
    assert.deepEqual(Object.fromEntries(rows), healedByFreshGrants);
  });
});
