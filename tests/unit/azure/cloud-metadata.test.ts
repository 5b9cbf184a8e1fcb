import assert from 'node:assert/strict';
import type { CloudMetadata } from '../../../src/azure/cloud-metadata.ts';
import { readCloudMetadata } from '../../../src/azure/cloud-metadata.ts';
import type { PlainAnswer } from '../../../src/azure/send.ts';
import { fastClock } from '../../support/clock.ts';
import { aPatience } from '../../support/patience.ts';
import { refusal } from './endpoint-reader.ts';

const login = 'https://adfs.local.azurestack.external/adfs';
const audience = 'https://management.adfs.azurestack.local/df01d4ba-f18b-458b-b4d6-4e83dd06bf24';
const good = {
  galleryEndpoint: 'https://portal.local.azurestack.external:30015/',
  graphEndpoint: 'https://graph.local.azurestack.external/',
  portalEndpoint: 'https://portal.local.azurestack.external/',
  authentication: { loginEndpoint: login, audiences: [audience] },
};

interface Asked {
  readonly urls: string[];
  readonly slept: readonly number[];
  readonly answer: Promise<CloudMetadata>;
}

/** Answers in turn; the last one stays. */
function ask(answers: readonly (readonly [status: number, body: unknown] | Error)[]): Asked {
  const urls: string[] = [];
  const clock = fastClock();
  const get = (url: string): Promise<PlainAnswer> => {
    const answer = answers[Math.min(urls.length, answers.length - 1)] ?? new Error('no answer');
    urls.push(url);
    if (answer instanceof Error) return Promise.reject(answer);
    const [status, body] = answer;
    return Promise.resolve({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });
  };
  return {
    urls,
    slept: clock.slept,
    answer: readCloudMetadata('https://management.x', { get, patience: aPatience(clock) }),
  };
}

describe('the metadata of a cloud', () => {
  it('says where tokens come from and what they are asked for', async () => {
    const { answer, urls } = ask([[200, good]]);
    assert.deepEqual(await answer, { authority: login, resourceManagerAudience: audience });
    assert.deepEqual(urls, ['https://management.x/metadata/endpoints?api-version=2015-01-01']);
  });

  it('is asked again where the cloud is busy, five times in all', async () => {
    const { answer, slept } = ask([
      [503, ''],
      [429, ''],
      [200, good],
    ]);
    assert.equal((await answer).authority, login);
    assert.deepEqual(slept, [1000, 2000]);
    const busy = ask([[503, '']]);
    await assert.rejects(busy.answer, refusal('CON009', /status 503/));
    assert.equal(busy.urls.length, 5);
  });

  const useless: readonly unknown[] = ['<html>', '', 'null', '[]', {}, { authentication: null }];
  const without = [
    { loginEndpoint: 7, audiences: [audience] },
    { loginEndpoint: login, audiences: [] },
  ];
  for (const body of [...useless, ...without.map((authentication) => ({ authentication }))]) {
    it(`is refused where it is ${JSON.stringify(body)}`, async () => {
      await assert.rejects(ask([[200, body]]).answer, refusal('CON009', /without a loginEndpoint/));
    });
  }

  it('is refused with the status where there is none', async () => {
    const { answer, urls } = ask([[404, '']]);
    await assert.rejects(answer, refusal('CON009', /management\.x .*status 404/));
    assert.equal(urls.length, 1);
  });

  it('names the host that cannot be reached', async () => {
    await assert.rejects(
      ask([new Error('getaddrinfo ENOTFOUND')]).answer,
      refusal('CON004', /management\.x cannot be reached/),
    );
  });
});
