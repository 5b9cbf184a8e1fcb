import assert from 'node:assert/strict';
import { parseProof } from '../../../src/checks/gather/proof-answer.ts';
import { findLeaks } from '../../support/leaks.ts';
import { skipLoudly } from '../../support/skip.ts';
import * as answers from './support/answers.ts';
import type { FakeAzure } from './support/fake-azure.ts';
import { startFakeAzure } from './support/fake-azure.ts';
import type { PodAnswer, Toolset } from './support/pod.ts';
import { runInPod } from './support/pod.ts';
import { containers, toolsetOf } from './support/toolsets.ts';
import { secretValues } from './support/values.ts';

const nonce = 'n1';

/** Those that can be had here share the values among them. */
const ready = containers.filter((container) => typeof toolsetOf(container) !== 'string');

describe('what leaves the pod', function () {
  this.timeout(60_000);
  let azure: FakeAzure;
  before(async () => {
    azure = await startFakeAzure({ metadata: () => answers.fromNmi, vault: () => answers.fromNmi });
  });
  after(() => azure.close());

  it('has 200 different values to hide', () => {
    assert.equal(new Set(secretValues).size, 200);
    assert.ok(secretValues.every((value) => Buffer.byteLength(value) <= 25 * 1024));
  });

  for (const container of containers) {
    it(`is the same for every value, in a container with ${container.name}`, async function () {
      const tools = toolsetOf(container);
      if (typeof tools === 'string') skipLoudly(this, tools);
      // Every container gets its share of the values, and all of them the shortest and the longest.
      const share = secretValues.filter((_, place) => place < 2 || ready[place % ready.length] === container);
      const plain = await read(tools, 'another value', false);
      const compared = await read(tools, 'another value', true);
      assert.deepEqual([comparisonOf(plain), comparisonOf(compared)], [undefined, 'match']);
      for (const value of share) {
        assertSays(await read(tools, value, false), plain, value);
        assertSays(await read(tools, value, true), compared, value);
      }
    });
  }

  /** Reads the value in the pod, and lets it compare the value with the right digest where `compares`. */
  async function read(tools: Toolset, value: string, compares: boolean): Promise<PodAnswer> {
    azure.answers.vault = answers.guarded({ status: 200, body: answers.secretBody(value) });
    return runInPod(tools, azure, compares ? { nonce, expected: answers.salted(nonce, value) } : {});
  }

  function comparisonOf({ stdout }: PodAnswer): string | undefined {
    const secret = parseProof(stdout)?.secret;
    assert.equal(secret?.state, 'read', stdout);
    return secret.compared;
  }

  /** What is the same byte for byte for two values holds nothing that was derived from either. */
  function assertSays(answer: PodAnswer, other: PodAnswer, value: string): void {
    const { stdout, stderr, files } = other;
    assert.deepEqual([answer.stdout, answer.stderr, answer.files], [stdout, stderr, files]);
    const digest = answers.sha256(value);
    const known = [
      { name: 'value', value },
      { name: 'digest', value: digest },
      { name: 'digest in base64', value: Buffer.from(digest, 'hex').toString('base64') },
    ];
    assert.deepEqual(findLeaks(known, [{ name: 'the arguments of programs', content: answer.started }]), []);
  }
});
