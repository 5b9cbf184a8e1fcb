import assert from 'node:assert/strict';
import { ContainerServiceClient, type ManagedCluster } from '@azure/arm-containerservice';
import { parse } from 'yaml';
import {
  appGroup,
  clientOptions,
  clusterId,
  startTestAzure,
  subscription,
  subscriptionId,
  tenantId,
  type Answered,
  type TestAzure,
} from './world.ts';

const version = 'api-version=2026-04-01';
const quick = (): { readonly updateIntervalInMs: number } => ({ updateIntervalInMs: 1 });

describe('clusters in the sandbox, judged by @azure/arm-containerservice', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const api = (as = 'owner'): ContainerServiceClient =>
    new ContainerServiceClient(azure.credential(as), subscriptionId, clientOptions(azure));
  const clusters = (as = 'owner'): ContainerServiceClient['managedClusters'] => api(as).managedClusters;
  const withWorkloadIdentity = (cluster: ManagedCluster): ManagedCluster => ({
    ...cluster,
    oidcIssuerProfile: { enabled: true },
    securityProfile: { ...cluster.securityProfile, workloadIdentity: { enabled: true } },
  });
  const put = (body: object, asked: object = {}, path = clusterId): Promise<Answered> =>
    azure.arm('PUT', `${path}?${version}`, { body: { location: 'westeurope', ...body }, ...asked });
  const tagged = { tags: { team: 'payments' } };

  describe('are changed by a long-running operation', () => {
    it('that ends with the issuer of workload identities and another etag', async () => {
      const before = await clusters().get('app', 'aks');
      assert.equal(before.oidcIssuerProfile?.enabled, false);
      const options = { ...quick(), ifMatch: before.eTag! };
      const after = await clusters()
        .createOrUpdate('app', 'aks', withWorkloadIdentity(before), options)
        .pollUntilDone();
      assert.equal(after.provisioningState, 'Succeeded');
      assert.equal(after.securityProfile?.workloadIdentity?.enabled, true);
      assert.match(
        after.oidcIssuerProfile?.issuerURL ?? '',
        new RegExp(`^https://westeurope\\.oic\\.prod-aks\\.azure\\.com/${tenantId}/[0-9a-f-]{36}/$`),
      );
      assert.notEqual(after.eTag, before.eTag);
      assert.deepEqual(await clusters().get('app', 'aks'), after);
    });
    it('that tells its place, is in progress and then succeeded under another name', async () => {
      const answer = await put(tagged);
      assert.equal(answer.status, 200);
      assert.equal((answer.body.properties as { provisioningState?: string }).provisioningState, 'Updating');
      const { pathname, search } = new URL(answer.header('azure-asyncoperation')!);
      assert.equal(search, '?api-version=2016-03-30');
      const [id = ''] = /[0-9a-f-]{36}$/.exec(pathname) ?? [];
      assert.equal(
        pathname,
        `${subscription}/providers/Microsoft.ContainerService/locations/westeurope/operations/${id}`,
      );
      const looks = [await azure.arm('GET', pathname + search), await azure.arm('GET', pathname + search)];
      const [first, second] = looks.map(({ body }) => body as unknown as Record<string, string>);
      assert.deepEqual([first!['status'], second!['status']], ['InProgress', 'Succeeded']);
      assert.deepEqual([first!['endTime'] === undefined, second!['endTime'] === undefined], [true, false]);
      assert.notEqual(second!['name'], id);
      assert.equal(second!['name']!.slice(-12), id.slice(-12));
      assert.equal(Buffer.from(second!['name']!.slice(0, 8), 'hex').reverse().toString('hex'), id.slice(0, 8));
    });
    it('of tags alone', async () => {
      const { tags } = await clusters().updateTags('app', 'aks', tagged, quick()).pollUntilDone();
      assert.deepEqual(tags, tagged.tags);
    });
    it('that leaves no room for a second one', async () => {
      const first = await put(tagged);
      const [id = ''] = /[0-9a-f-]{36}(?=\?)/.exec(first.header('azure-asyncoperation')!) ?? [];
      const second = await put(tagged);
      assert.equal(second.outcome, '409 OperationNotAllowed');
      assert.ok(
        second.message.startsWith(
          `Operation is not allowed because there's an in progress update managed cluster operation (operation ID: ${id}) on the managed cluster started on UTC 20`,
        ),
        second.message,
      );
    });
    it('that goes on when its client has gone', async () => {
      const abort = new AbortController();
      const poller = clusters().updateTags('app', 'aks', tagged, { ...quick(), abortSignal: abort.signal });
      await poller.submitted();
      abort.abort();
      await assert.rejects(poller.pollUntilDone(), { name: 'AbortError' });
      assert.equal((await clusters().get('app', 'aks')).provisioningState, 'Updating');
      const done = await clusters().get('app', 'aks');
      assert.deepEqual([done.provisioningState, done.tags], ['Succeeded', tagged.tags]);
    });
    it('that is canceled where somebody aborts it', async () => {
      const poller = clusters().updateTags('app', 'aks', tagged, quick());
      await poller.submitted();
      await clusters().abortLatestOperation('app', 'aks', quick()).pollUntilDone();
      await assert.rejects(poller.pollUntilDone(), /cancel/i);
      assert.equal((await clusters().get('app', 'aks')).provisioningState, 'Canceled');
      // There is nothing left to abort.
      assert.equal((await azure.arm('POST', `${clusterId}/abort?${version}`)).status, 204);
    });
  });

  it('are not changed while they are being upgraded', async () => {
    const { outcome, message } = await put(tagged, {}, clusterId.replace('/aks', '/locked'));
    assert.equal(outcome, '409 OperationNotAllowed');
    assert.match(message, /^Operation is not allowed: Another operation \(Upgrading\) is in progress/);
  });
  it('are not changed with an old etag, and not made where they are', async () => {
    const { eTag } = await clusters().get('app', 'aks');
    await clusters().updateTags('app', 'aks', tagged, quick()).pollUntilDone();
    const outcome = async (headers: object): Promise<string> => (await put(tagged, { headers })).outcome;
    assert.equal(await outcome({ 'if-match': eTag }), '412 PreconditionFailed');
    assert.equal(await outcome({ 'if-none-match': '*' }), '412 PreconditionFailed');
    assert.equal(await outcome({ 'if-match': (await clusters().get('app', 'aks')).eTag }), '200');
  });
  it('know no etags before 2024-09-01', async () => {
    const path = `${clusterId}?api-version=2024-02-01`;
    const body = { location: 'westeurope', ...tagged };
    assert.equal((await azure.arm('PUT', path, { body, headers: { 'if-match': 'old' } })).status, 200);
  });
  it('keep their issuer', async () => {
    await put({ properties: { oidcIssuerProfile: { enabled: true } } });
    await clusters().get('app', 'aks');
    await clusters().get('app', 'aks');
    const { outcome } = await put({ properties: { oidcIssuerProfile: { enabled: false } } });
    assert.equal(outcome, '400 OIDCIssuerFeatureCannotBeDisabled');
  });
  it('are neither made nor changed in ways that the sandbox does not know', async () => {
    const other = await put({ properties: { kubernetesVersion: '1.99.0' } });
    assert.equal(other.status, 501);
    assert.match(other.message, /a change of a cluster's kubernetesVersion\. Add it in sandbox\/azure/);
    assert.equal((await put({}, {}, clusterId.replace('/aks', '/new'))).status, 501);
  });

  it('show their agent pools', async () => {
    const pools: (string | undefined)[] = [];
    for await (const { name, osType, mode } of api().agentPools.list('app', 'aks')) pools.push(name, osType, mode);
    assert.deepEqual(pools, ['vmss', 'Linux', 'System']);
    const pool = await api().agentPools.get('app', 'aks', 'VMSS');
    assert.deepEqual([pool.type, pool.count], ['Microsoft.ContainerService/managedClusters/agentPools', 1]);
    await assert.rejects(api().agentPools.get('app', 'aks', 'none'), { statusCode: 404, code: 'ResourceNotFound' });
  });

  describe('with Entra sign-in hand out kubeconfigs', () => {
    const userOf = async (options: object): Promise<Readonly<Record<string, unknown>>> => {
      const { kubeconfigs } = await clusters().listClusterUserCredentials('app', 'entra', options);
      const text = Buffer.from(kubeconfigs![0]!.value!).toString();
      return (parse(text) as { users: { user: Readonly<Record<string, unknown>> }[] }).users[0]!.user;
    };
    it('that call kubelogin with the tenant', async () => {
      for (const options of [{}, { format: 'exec' }]) {
        const { exec } = (await userOf(options)) as { exec: { command: string; args: string[] } };
        assert.equal(exec.command, 'kubelogin');
        assert.equal(exec.args[exec.args.indexOf('--tenant-id') + 1], tenantId);
        assert.equal(exec.args[exec.args.indexOf('--server-id') + 1], '6dae42f8-4368-4678-94ff-3960e28e3630');
      }
    });
    it('with the provider of old', async () => {
      const user = (await userOf({ format: 'azure' })) as { 'auth-provider': { name: string } };
      assert.equal(user['auth-provider'].name, 'azure');
      await assert.rejects(userOf({ format: 'other' }), { statusCode: 400 });
    });
  });

  describe('run commands', () => {
    it('and give what kubectl printed', async () => {
      const run = (command: string): Promise<{ exitCode?: number; logs?: string; provisioningState?: string }> =>
        clusters().runCommand('app', 'aks', { command }, quick()).pollUntilDone();
      const names = await run('kubectl get ns -o name');
      assert.deepEqual(
        [names.provisioningState, names.exitCode, names.logs],
        ['Succeeded', 0, 'namespace/default\nnamespace/app\n'],
      );
      assert.equal((await run('kubectl get pods -o name')).logs, '');
      assert.equal((await run('kubectl get pods -A -o name')).logs, 'pod/web\n');
      const json = JSON.parse((await run('kubectl get pod web -n app -o json')).logs!) as { kind: string };
      assert.equal(json.kind, 'Pod');
    });
    it('that fail, and yet succeed as operations', async () => {
      const { exitCode, logs, provisioningState } = (await clusters()
        .runCommand('app', 'aks', { command: 'kubectl get pod none -n app -o name' }, quick())
        .pollUntilDone()) as { exitCode?: number; logs?: string; provisioningState?: string };
      assert.deepEqual([provisioningState, exitCode], ['Succeeded', 1]);
      assert.equal(logs, 'Error from server (NotFound): pods "none" not found\n');
    });
    it('by 202 without a body, 202 with one, and 200', async () => {
      const asked = { body: { command: 'kubectl get ns -o name', context: '' } };
      const started = await azure.arm('POST', `${clusterId}/runCommand?${version}`, asked);
      assert.deepEqual([started.status, started.body, started.header('retry-after')], [202, {}, undefined]);
      const { pathname, search } = new URL(started.header('location')!);
      const place = clusterId
        .replace('/resourceGroups/', '/resourcegroups/')
        .replace('managedClusters', 'managedclusters');
      assert.ok(pathname.startsWith(`${place}/commandResults/`), pathname);
      assert.match(pathname, /\/[0-9a-f]{32}$/);
      const running = await azure.arm('GET', pathname + search);
      assert.deepEqual([running.status, running.header('location')], [202, started.header('location')]);
      assert.deepEqual(running.body, { id: pathname.slice(-32), properties: { provisioningState: 'Running' } });
      assert.equal((await azure.arm('GET', pathname + search)).status, 200);
      const again = await clusters().getCommandResult('app', 'aks', pathname.slice(-32));
      assert.equal(again?.exitCode, 0);
      await assert.rejects(clusters().getCommandResult('app', 'aks', 'f'.repeat(32)), { statusCode: 404 });
    });
    it('but none that the sandbox does not know, and none in a stopped cluster', async () => {
      const asked = { body: { command: 'helm list' } };
      assert.equal((await azure.arm('POST', `${clusterId}/runCommand?${version}`, asked)).status, 501);
      const command = { command: 'kubectl get ns -o name' };
      await assert.rejects(clusters().runCommand('app', 'asleep', command, quick()).submitted(), { statusCode: 409 });
    });
  });

  it('ask for the action of each operation', async () => {
    const refused = async (running: Promise<unknown>): Promise<string> => {
      const error = await running.then(
        () => undefined,
        (reason: unknown) => reason as Error,
      );
      return /perform action '([^']+)'/.exec(String(error))?.[1] ?? String(error);
    };
    const as = clusters('caller');
    const command = { command: 'kubectl get ns -o name' };
    assert.deepEqual(
      await Promise.all([
        refused(as.createOrUpdate('app', 'aks', { location: 'westeurope' }, quick()).submitted()),
        refused(as.updateTags('app', 'aks', tagged, quick()).submitted()),
        refused(as.abortLatestOperation('app', 'aks', quick()).submitted()),
        refused(as.runCommand('app', 'aks', command, quick()).submitted()),
        refused(as.getCommandResult('app', 'aks', 'f'.repeat(32))),
        refused(api('caller').agentPools.get('app', 'aks', 'vmss')),
        refused(as.listClusterUserCredentials('app', 'aks')),
        refused(as.listClusterAdminCredentials('app', 'aks')),
      ]),
      [
        'Microsoft.ContainerService/managedClusters/write',
        'Microsoft.ContainerService/managedClusters/write',
        'Microsoft.ContainerService/managedClusters/abort/action',
        'Microsoft.ContainerService/managedClusters/runcommand/action',
        'Microsoft.ContainerService/managedClusters/commandResults/read',
        'Microsoft.ContainerService/managedClusters/agentPools/read',
        'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
        'Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action',
      ],
    );
    await azure.grant('Azure Kubernetes Service Contributor Role', appGroup);
    await as.updateTags('app', 'aks', tagged, quick()).submitted();
  });
});
