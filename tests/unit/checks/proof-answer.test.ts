import assert from 'node:assert/strict';
import { readResult } from '../../../src/checks/gather/proof.ts';
import { parseProof } from '../../../src/checks/gather/proof-answer.ts';

const VERSION = '0123456789abcdef0123456789abcdef';
const complete = [
  'kp1 tool curl 8.5.0',
  'kp1 token.status 200',
  'kp1 token.path nmi',
  'kp1 token.oid 11111111-1111-4111-8111-111111111111',
  'kp1 vault.status 200',
  'kp1 secret.found yes',
  `kp1 secret.version ${VERSION}`,
  'kp1 end 0',
];

function parse(...lines: readonly string[]): ReturnType<typeof parseProof> {
  return parseProof(`${lines.join('\n')}\n`);
}

describe('the answer of the proof', () => {
  it('is read line by line', () => {
    assert.deepEqual(parse(...complete), {
      tool: 'curl',
      proxied: false,
      exposed: false,
      token: { state: 'given', path: 'nmi', objectId: '11111111-1111-4111-8111-111111111111' },
      secret: { state: 'read', version: VERSION, enabled: true },
    });
  });

  it('counts only with its last line', () => {
    assert.equal(parse(...complete.slice(0, -1)), undefined);
    assert.equal(parse(), undefined);
    assert.equal(parse('kp1 end 0'), undefined);
  });

  it('needs every part that its state calls for', () => {
    assert.equal(parse('kp1 tool curl', 'kp1 end 0'), undefined);
    assert.equal(parse('kp1 tool curl', 'kp1 token.status 200', 'kp1 token.path nmi', 'kp1 end 0'), undefined);
    assert.equal(parse('kp1 tool perl', 'kp1 end 0'), undefined);
    assert.equal(parse('kp1 tool curl', 'kp1 token.status 2000', 'kp1 end 0'), undefined);
  });

  it('keeps the first of two lines with one key', () => {
    const answer = parse(...complete.slice(0, 3), 'kp1 token.path imds', ...complete.slice(3));
    assert.equal(answer?.token?.state === 'given' && answer.token.path, 'nmi');
  });

  it('does not take ids and versions that have no such form', () => {
    const answer = parse(...complete.map((line) => line.replace(/oid .*/, 'oid ##vso[task.complete]')));
    assert.equal(answer?.token?.state === 'given' && answer.token.objectId, undefined);
    const strange = parse(...complete.map((line) => line.replace(VERSION, 'hunter2')));
    assert.deepEqual(strange?.secret, { state: 'strange' });
  });

  it('drops control characters from texts', () => {
    const refused = parse('kp1 tool curl', 'kp1 token.status 404', 'kp1 token.text a\u001B[31mb\u0007', 'kp1 end 0');
    assert.equal(refused?.token?.state === 'refused' && refused.token.text, 'a[31mb');
  });

  it('does not look at lines beyond 600 characters, nor beyond 64 kB in all', () => {
    const long = parse('kp1 tool curl', 'kp1 token.status 404', `kp1 token.text ${'x'.repeat(700)}`, 'kp1 end 0');
    assert.equal(long?.token?.state === 'refused' && long.token.text, '');
    const started = performance.now();
    assert.equal(parse('y'.repeat(50_000_000), ...complete), undefined);
    assert.ok(performance.now() - started < 2_000);
  });

  it('is a missing shell where the node says that it found no sh', () => {
    const failure = 'OCI runtime exec failed: exec: "sh": executable file not found in $PATH: unknown';
    const fact = readResult({ stdout: '', stderr: '', exitCode: undefined, failure });
    assert.equal(fact.state, 'noShell');
    assert.equal(readResult({ stdout: 'kp1 tool curl\n', stderr: 'killed', exitCode: 137 }).state, 'broken');
  });
});
