import assert from 'node:assert/strict';
import { parseProof } from '../../../src/checks/gather/proof-answer.ts';
import type { ProofAnswer } from '../../../src/checks/gather/proof-answer.ts';
import { proofScript } from '../../../src/checks/gather/proof-script/index.ts';
import { findLeaks } from '../../support/leaks.ts';
import { skipLoudly } from '../../support/skip.ts';
import * as answers from './support/answers.ts';
import type { Answer, FakeAzure } from './support/fake-azure.ts';
import { startFakeAzure } from './support/fake-azure.ts';
import type { PodAnswer, ProofArguments, Toolset } from './support/pod.ts';
import { runInPod } from './support/pod.ts';
import { containers, toolsetOf } from './support/toolsets.ts';

const value = 'p"4\\ss/wörd\n\t\u{1F511} "id":"x" $HOME `id` %s \\u0041';

/** One refusal of the token: what the service says, and what the answer must hold. */
const tokenRefusals: readonly { readonly title: string; readonly answer: Answer; readonly text: RegExp }[] = [
  {
    title: 'no identity',
    answer: {
      status: 404,
      body: 'getting assigned identities for pod default/web in CREATED state failed\nafter 16 attempts',
    },
    text: /^getting assigned identities .* failed after 16 attempts$/,
  },
  {
    title: 'several identities',
    answer: {
      status: 400,
      body: {
        error: 'invalid_request',
        error_description:
          'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
      },
    },
    text: /^Multiple user assigned identities exist/,
  },
  {
    title: 'an unknown identity',
    answer: { status: 400, body: { error: 'invalid_request', error_description: 'Identity not found' } },
    text: /^Identity not found$/,
  },
  {
    title: 'a failed refresh',
    answer: { status: 403, body: 'failed to refresh token' },
    text: /^failed to refresh token$/,
  },
  { title: 'too many requests', answer: { status: 429, body: 'slow down' }, text: /^slow down$/ },
  { title: 'no health', answer: { status: 503, body: 'not healthy' }, text: /^not healthy$/ },
];

const vaultRefusals: readonly {
  readonly title: string;
  readonly answer: Answer;
  readonly code: string;
  readonly inner: string;
}[] = [
  {
    title: 'no policy',
    answer: answers.refusal(403, 'Forbidden', 'does not have secrets get permission', 'ForbiddenByPolicy'),
    code: 'Forbidden',
    inner: 'ForbiddenByPolicy',
  },
  {
    title: 'no role',
    answer: answers.refusal(403, 'Forbidden', 'Caller is not authorized', 'ForbiddenByRbac'),
    code: 'Forbidden',
    inner: 'ForbiddenByRbac',
  },
  {
    title: 'a firewall',
    answer: answers.refusal(403, 'Forbidden', 'Client address: 10.0.0.1', 'ForbiddenByFirewall'),
    code: 'Forbidden',
    inner: 'ForbiddenByFirewall',
  },
  {
    title: 'a missing secret',
    answer: answers.refusal(404, 'SecretNotFound', 'A secret was not found'),
    code: 'SecretNotFound',
    inner: '',
  },
  {
    title: 'a disabled secret',
    answer: answers.refusal(403, 'Forbidden', 'disabled secret', 'SecretDisabled'),
    code: 'Forbidden',
    inner: 'SecretDisabled',
  },
  {
    title: 'a wrong audience',
    answer: answers.refusal(401, 'Unauthorized', 'AKV10022: Invalid audience.'),
    code: 'Unauthorized',
    inner: '',
  },
  { title: 'throttling', answer: answers.refusal(429, 'Throttled', 'Too many'), code: 'Throttled', inner: '' },
];

describe('the proof script', function () {
  this.timeout(30_000);
  let azure: FakeAzure;
  before(async () => {
    azure = await startFakeAzure({ metadata: () => answers.fromNmi, vault: () => answers.fromNmi });
  });
  after(() => azure.close());
  beforeEach(() => {
    azure.answers.metadata = () => answers.fromNmi;
    azure.answers.vault = answers.guarded({ status: 200, body: answers.secretBody(value) });
    azure.metadataRequests.length = 0;
    azure.vaultRequests.length = 0;
  });

  for (const container of containers) {
    describe(`in a container with ${container.name}`, () => {
      let tools: Toolset;
      before(function () {
        const found = toolsetOf(container);
        if (typeof found === 'string') skipLoudly(this, found);
        tools = found;
      });
      const ask = async (proof?: ProofArguments): Promise<ProofAnswer> =>
        understood(await runInPod(tools, azure, proof));
      const status = container.shows === 'status';

      it('reads the secret and says who asked, by which way', async () => {
        azure.answers.vault = answers.guarded({ status: 200, body: answers.secretBody(value, { exp: 1900000000 }) });
        const answer = await ask();
        assert.deepEqual(answer.token, {
          state: 'given',
          path: 'nmi',
          clientId: answers.CLIENT_ID,
          objectId: answers.OBJECT_ID,
          tenantId: '33333333-3333-4333-8333-333333333333',
          resourceId:
            '/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-web',
          audience: 'https://vault.azure.net',
        });
        assert.deepEqual(answer.secret, {
          state: 'read',
          version: answers.VERSION,
          enabled: true,
          expires: 1900000000,
        });
        assert.equal(answer.exposed, status, 'only BusyBox wget shows the token in the process list of the pod');
      });

      it('asks for the audience and the vault of another cloud, and names no other', async () => {
        await ask({ host: 'kvtest.vault.azure.cn', audience: 'https://vault.azure.cn' });
        const [metadata] = azure.metadataRequests;
        assert.match(metadata?.url ?? '', /resource=https%3A%2F%2Fvault\.azure\.cn$/);
        assert.equal(azure.vaultRequests[0]?.headers.host, 'kvtest.vault.azure.cn');
      });

      it('asks as the services want to be asked', async () => {
        await ask({ clientId: answers.CLIENT_ID, path: `/secrets/password/${answers.VERSION}` });
        const [metadata] = azure.metadataRequests;
        assert.equal(
          metadata?.url,
          `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net&client_id=${answers.CLIENT_ID}`,
        );
        assert.equal(metadata.headers['metadata'], 'true');
        const [vault] = azure.vaultRequests;
        assert.equal(vault?.url, `/secrets/password/${answers.VERSION}?api-version=7.4`);
        assert.equal(azure.vaultRequests.length, 1);
      });

      it('tells the instance metadata service from NMI', async () => {
        azure.answers.metadata = () => answers.fromInstanceMetadata;
        const { token } = await ask();
        assert.equal(token?.state === 'given' && token.path, 'imds');
      });

      it('compares the value as UTF-8 bytes, whatever its escapes', async () => {
        const compared = async (expected: string): Promise<string | undefined> => {
          const { secret } = await ask({ nonce: 'n1', expected: answers.salted('n1', expected) });
          return secret?.state === 'read' ? secret.compared : undefined;
        };
        assert.equal(await compared(value), 'match');
        assert.equal(await compared(`${value}\n`), 'mismatch');
        const ascii = JSON.stringify(answers.secretBody(value)).replaceAll(
          /[^ -~]/g,
          (each) => String.raw`\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        azure.answers.vault = answers.guarded({ status: 200, body: ascii });
        assert.equal(await compared(value), 'match');
      });

      it('reads the largest value that a vault holds in a moment', async () => {
        const large = 'x"\\'.repeat(2000) + 'y'.repeat(19_000);
        azure.answers.vault = answers.guarded({ status: 200, body: answers.secretBody(large) });
        const { secret } = await ask({ nonce: 'n1', expected: answers.salted('n1', large) });
        assert.equal(secret?.state === 'read' && secret.compared, 'match');
      });

      for (const { title, answer, text } of tokenRefusals) {
        it(`hands on a refused token: ${title}`, async () => {
          azure.answers.metadata = () => answer;
          const { token, secret } = await ask();
          assert.equal(token?.state, 'refused');
          assert.equal(token.status, answer.status);
          if (status) assert.equal(token.text, '');
          else assert.match(token.text, text);
          assert.equal(secret, undefined);
          assert.equal(azure.vaultRequests.length, 0);
        });
      }

      for (const { title, answer, code, inner } of vaultRefusals) {
        it(`hands on a refused secret: ${title}`, async () => {
          azure.answers.vault = answers.guarded(answer);
          const { secret } = await ask();
          assert.equal(secret?.state, 'refused');
          assert.equal(secret.status, answer.status);
          const silent = status || (answer.status === 401 && container.name.endsWith('wget'));
          assert.deepEqual([secret.code, secret.inner], silent ? ['', ''] : [code, inner]);
        });
      }

      it('hands the token to no other host that an answer names', async () => {
        // BusyBox wget cannot be told not to follow (SECURITY.md).
        if (status) return;
        const headers = { location: 'https://other.vault.azure.net/secrets/password' };
        azure.answers.vault = () => ({ status: 302, body: 'moved', headers });
        const { secret } = await ask();
        assert.equal(secret?.state === 'refused' && secret.status, 302);
        assert.equal(azure.vaultRequests.length, 1);
        azure.answers.metadata = () => ({ status: 302, body: 'moved', headers });
        const { token } = await ask();
        assert.equal(token?.state === 'refused' && token.status, 302);
        assert.equal(azure.vaultRequests.length, 1);
      });

      it('says what kind of silence it met', async () => {
        azure.answers.metadata = () => 'reset';
        assert.deepEqual((await ask()).token, { state: 'unanswered', why: 'network' });
        const direct = { http_proxy: '', https_proxy: '', no_proxy: '' };
        const closed = await runInPod(tools, azure, {}, { ...direct, http_proxy: 'http://127.0.0.1:9' });
        assert.deepEqual(understood(closed).token, { state: 'unanswered', why: 'refused' });
        // BusyBox wget knows no no_proxy.
        if (status) return;
        azure.answers.metadata = () => answers.fromNmi;
        const noName = await runInPod(tools, azure, { host: 'no-such-vault.invalid' }, { no_proxy: '.invalid' });
        assert.deepEqual(understood(noName).secret, { state: 'unanswered', why: 'dns' });
      });

      it('shows neither token nor value, in any form, anywhere', async () => {
        const runs: PodAnswer[] = [];
        const expected = answers.salted('n1', value);
        runs.push(await runInPod(tools, azure, { nonce: 'n1', expected }));
        azure.answers.vault = ({ headers }) =>
          answers.refusal(403, String(headers.authorization), String(headers.authorization));
        runs.push(await runInPod(tools, azure));
        const secrets = [
          { name: 'token', value: answers.token },
          { name: 'value', value },
          { name: 'digest', value: answers.sha256(value) },
        ];
        const printed = runs.flatMap((run) => [
          { name: 'stdout', content: run.stdout },
          { name: 'stderr', content: run.stderr },
          { name: 'files', content: run.files.join(' ') },
        ]);
        assert.deepEqual(findLeaks(secrets, printed), []);
        const started = { name: 'arguments and environment', content: runs.map((run) => run.started).join('\n') };
        assert.match(started.content, /169\.254\.169\.254/, 'the wrappers saw the programs');
        // BusyBox wget takes headers in its arguments only: the documented exception, for the token alone.
        const inArguments = findLeaks(status ? secrets.slice(1) : secrets, [started]);
        assert.deepEqual(inArguments, []);
        assert.deepEqual(
          runs.flatMap(({ files }) => files),
          [],
          'nothing was written',
        );
      });
    });
  }

  it('says so where there is no program to ask with', async function () {
    const found = toolsetOf(containers[0]);
    if (typeof found === 'string') skipLoudly(this, found);
    assert.equal(understood(await runInPod({ ...found, programs: {} }, azure)).tool, 'none');
  });

  it('fits into the address of a request', () => {
    assert.ok(encodeURIComponent(proofScript).length < 15_500, String(encodeURIComponent(proofScript).length));
  });
});

function understood({ stdout, stderr }: PodAnswer): ProofAnswer {
  const answer = parseProof(stdout);
  assert.ok(answer, `${stdout}\n${stderr}`);
  return answer;
}
