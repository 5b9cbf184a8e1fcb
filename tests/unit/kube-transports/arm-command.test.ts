import assert from 'node:assert/strict';
import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import type { AzureSession } from '../../../src/azure/session.ts';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';
import { runInCluster } from '../../../src/kube/run-command/arm-command.ts';
import { startBudget } from '../../../src/runtime/budget.ts';
import { aCluster } from '../../support/azure.ts';
import { fastClock } from '../../support/clock.ts';

interface Said {
  readonly status: number;
  readonly body?: object;
}

const started: Said = { status: 202 };
const running: Said = { status: 202, body: { id: 'a', properties: { provisioningState: 'Running' } } };
const ended = (properties: object): Said => ({ status: 200, body: { id: 'a', properties } });
const succeeded = ended({ provisioningState: 'Succeeded', exitCode: 0, logs: 'hello\n' });
const notStarted = 'container command-1 in aks-command namespace did not start within 30s';

describe("Azure's run command", () => {
  function azure(...answers: readonly Said[]): {
    readonly run: (token?: string) => Promise<string>;
    readonly slept: readonly number[];
    readonly requests: readonly PipelineRequest[];
  } {
    const requests: PipelineRequest[] = [];
    const http: HttpClient = {
      sendRequest: (request) => {
        requests.push(request);
        const { status, body } = answers[Math.min(requests.length, answers.length) - 1]!;
        const location = `https://management.azure.com/somewhere/commandResults/${'a'.repeat(32)}?api-version=1`;
        const headers = createHttpHeaders({
          'content-type': 'application/json',
          ...(status === 202 ? { location } : {}),
        });
        return Promise.resolve({ request, status, headers, bodyAsText: body ? JSON.stringify(body) : '' });
      },
    };
    const session = {
      http,
      credential: { getToken: () => Promise.resolve({ token: 'arm', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) },
      connection: {
        cloud: {
          resourceManager: 'https://management.azure.com',
          resourceManagerAudience: 'https://management.azure.com',
        },
      },
    } as unknown as AzureSession;
    const clock = fastClock();
    const context = { azure: session, cluster: aCluster(), clock, budget: startBudget(clock, 60_000) };
    return {
      run: (token) =>
        runInCluster(
          { command: 'sh x', context: 'UEs=' },
          { ...context, token: token === undefined ? undefined : () => Promise.resolve(token) },
        ),
      slept: clock.slept,
      requests,
    };
  }

  const failing =
    (detail: RegExp) =>
    (error: unknown): boolean =>
      error instanceof DiagnosticError &&
      error.diagnostic.code === 'KUB018' &&
      detail.test(error.diagnostic.detail ?? '');

  it('is looked at until its status says that it ended, more and more seldom', async () => {
    const { run, slept, requests } = azure(started, running, running, running, succeeded);
    assert.equal(await run(), 'hello\n');
    assert.deepEqual(slept, [1000, 2000, 5000, 5000]);
    assert.ok(requests.slice(1).every(({ url }) => url.includes(`/commandResults/${'a'.repeat(32)}?`)));
    assert.deepEqual(JSON.parse(requests[0]?.body as string), { command: 'sh x', context: 'UEs=' });
  });

  it('carries a token for the cluster where there is one', async () => {
    const { run, requests } = azure(started, succeeded);
    await run('entra');
    assert.equal((JSON.parse(requests[0]?.body as string) as { clusterToken: string }).clusterToken, 'entra');
  });

  it('that did not start is started again, as a refusal and as a result', async () => {
    const refusal = { status: 400, body: { code: 'KubernetesOperationError', message: notStarted } };
    const result = ended({ provisioningState: 'Failed', reason: notStarted });
    const { run, requests } = azure(refusal, started, result, started, succeeded);
    assert.equal(await run(), 'hello\n');
    assert.equal(requests.filter(({ method }) => method === 'POST').length, 3);
    await assert.rejects(
      azure(started, result, started, result, started, result).run(),
      failing(/did not start within/),
    );
  });

  it('that was canceled, or of which Azure says little, is not taken for done', async () => {
    const results = [
      [{ provisioningState: 'Canceled' }, /^Canceled$/],
      [{ provisioningState: 'Failed', reason: null, logs: null }, /^Failed$/],
      [{ provisioningState: 'Succeeded', exitCode: 1, logs: null }, /^exit code 1:/],
    ] as const;
    for (const [properties, detail] of results)
      await assert.rejects(azure(started, ended(properties)).run(), failing(detail));
    assert.equal(await azure(started, ended({ provisioningState: 'Succeeded', exitCode: null, logs: null })).run(), '');
  });

  it('that fails otherwise, or does not end, says so once', async () => {
    const wrong = azure(started, ended({ provisioningState: 'Succeeded', exitCode: 127, logs: 'sh: not found' }));
    await assert.rejects(wrong.run(), failing(/exit code 127: sh: not found/));
    assert.equal(wrong.requests.length, 2);
    const endless = azure(started, running);
    await assert.rejects(endless.run(), failing(/did not end within/));
    assert.equal(endless.requests.filter(({ method }) => method === 'POST').length, 1);
  });
});
