import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { azureConnection, lines, results, run } from './world.ts';

describe('pipeline: running', () => {
  it('runs stages, deployment jobs and steps, and hands outputs on by the name of their step', async () => {
    const answer = await run(`trigger: none
variables: {greeting: hello}
stages:
- stage: One
  variables: [{name: who, value: $(greeting) world}]
  jobs:
  - deployment: D
    environment: prod
    pool: {vmImage: $(greeting)}
    strategy:
      runOnce:
        deploy:
          steps:
          - checkout: self
          - task: Probe@1
            name: identity
            inputs: {script: "tl.setVariable('clientId', 'abc', false, true); tl.setVariable('bare', 'b');"}
          - script: echo "$(who) $(identity.clientId) $(clientId) $(bare) $BARE \${IDENTITY_CLIENTID}"
`);
    assert.equal(answer.result, 'Succeeded');
    assert.ok(lines(answer).includes('hello world abc  b b abc'), lines(answer).join('\n'));
  });

  it('decides by conditions, continueOnError and enabled which steps run', async () => {
    const answer = await run(`steps:
- {script: exit 1, displayName: soft, continueOnError: true}
- {script: 'true', displayName: 'fine $(Agent.JobStatus) $(x)'}
- {script: exit 2, displayName: hard}
- {script: 'true', displayName: skipped}
- {script: 'true', displayName: on failure, condition: failed()}
- {script: 'true', displayName: either, condition: SucceededOrFailed( )}
- {script: 'true', displayName: always, condition: always()}
- {script: 'true', displayName: never, condition: false}
- {script: exit 3, displayName: disabled, enabled: false}
`);
    assert.equal(answer.result, 'Failed');
    assert.deepEqual(results(answer), [
      'soft: SucceededWithIssues',
      'fine SucceededWithIssues $(x): Succeeded',
      'hard: Failed',
      'skipped: Skipped',
      'on failure: Succeeded',
      'either: Succeeded',
      'always: Succeeded',
      'never: Skipped',
    ]);
  });

  it('skips what depends on a failed stage, and runs what does not', async () => {
    const said: string[] = [];
    const answer = await run(
      `stages:
- stage: A
  jobs: [{job: a, steps: [{script: exit 1}]}]
- stage: B
  jobs: [{job: b, steps: [{script: 'true'}]}]
- stage: C
  dependsOn: []
  jobs:
  - {job: c, steps: [{script: 'true'}]}
  - {job: d, dependsOn: c, steps: [{script: exit 1}]}
  - {job: e, dependsOn: [c, d], steps: [{script: 'true'}]}
  - {job: f, dependsOn: [d], condition: failed(), steps: [{script: 'true'}]}
`,
      { observer: { skipped: (name, reason) => said.push(`${name}: ${reason}`) } },
    );
    assert.deepEqual(
      answer.jobs.map(({ stage, job, result }) => `${stage}.${job} ${result}`),
      ['A.a Failed', 'C.c Succeeded', 'C.d Failed', 'C.f Succeeded'],
    );
    assert.deepEqual(said, [
      'B: its condition (succeeded) does not hold; A: Failed',
      'e: its condition (succeeded) does not hold; c: Succeeded, d: Failed',
    ]);
    assert.equal(answer.result, 'Failed');
  });

  it('runs pre-jobs first and post-jobs last, in reverse and even after a failure', async () => {
    const answer = await run(`steps:
- {task: Staged@1, displayName: first, inputs: {mainResult: Failed}}
- {task: Staged@1, displayName: second}
`);
    assert.deepEqual(results(answer), [
      'first (pre-job): Succeeded',
      'second (pre-job): Succeeded',
      'first: Failed',
      'second: Skipped',
      'second (post-job): Succeeded',
      'first (post-job): Succeeded',
    ]);
  });

  it('runs scripts in the sources, with public variables and env, but without secrets of the job', async () => {
    const content = await mkdtemp(path.join(tmpdir(), 'sources-'));
    try {
      const answer = await run(
        `variables: {a.b: c}
steps:
- bash: |
    echo "$A_B-$MINE-\${SECRET_SYSTEM_ACCESSTOKEN-none}-\${ENDPOINT_AUTH_SYSTEMVSSCONNECTION-none}" > said
    echo "$MINE"
  env: {MINE: $(System.AccessToken)}
`,
        { content, accessToken: 'job-token' },
      );
      assert.equal((await readFile(path.join(content, 'said'), 'utf8')).trim(), 'c-job-token-none-none');
      assert.ok(lines(answer).includes('***'));
      assert.ok(!lines(answer).join('\n').includes('job-token'));
    } finally {
      await rm(content, { recursive: true });
    }
  });

  it("applies a step's target and retries", async () => {
    const answer = await run(
      `steps:
- task: Probe@1
  target: {commands: restricted, settableVariables: [ok]}
  inputs: {script: "tl.setVariable('ok', '1'); tl.setVariable('bad', '2'); console.log('##vso[task.uploadsummary]/x')"}
- script: echo '$(ok) $(bad)'
- task: Probe@1
  retryCountOnTaskFailure: 1
  inputs: {script: "process.exit(1)"}
`,
      { patience: { backOff: 1 } },
    );
    const [restricted, , retried] = answer.jobs[0]?.steps ?? [];
    assert.equal(restricted?.run?.issues.length, 2);
    assert.ok(lines(answer).includes('1 $(bad)'), lines(answer).join('\n'));
    assert.equal(retried?.run?.attempts, 2);
  });

  it('hands a task the connection that its input names', async () => {
    const variables = { [`ENDPOINT_URL_${azureConnection}`]: 'https://management.azure.com/' };
    const answer = await run(
      `steps: [{task: Probe@1, inputs: {azureConnection: azure-conn, script: "console.log(tl.getEndpointUrl(tl.getInput('connection'), false))"}}]`,
      { endpoints: [{ id: azureConnection, variables }] },
    );
    assert.ok(lines(answer).includes('https://management.azure.com/'));
  });

  it('cancels: the running step ends, later ones are skipped, always() still runs', async () => {
    const cancel = new AbortController();
    const answer = await run(
      `steps:
- {script: echo up; exec sleep 30, displayName: long}
- {script: 'true', displayName: later}
- {script: 'true', displayName: clean up, condition: always()}
`,
      {
        cancel: cancel.signal,
        patience: { interrupt: 100, terminate: 100 },
        observer: {
          line: (line) => {
            if (line === 'up') cancel.abort();
          },
        },
      },
    );
    assert.deepEqual(results(answer), ['long: Canceled', 'later: Skipped', 'clean up: Succeeded']);
    assert.equal(answer.result, 'Canceled');
  });
});
