import assert from 'node:assert/strict';
import { identityId, nodeGroup, scaleSetId, startTestAzure, type Answered, type TestAzure } from './world.ts';

describe('scale sets in the sandbox Azure', () => {
  let azure: TestAzure;
  beforeEach(async () => {
    azure = await startTestAzure();
  });
  afterEach(() => azure.stop());
  const patch = (
    userAssignedIdentities: Record<string, object | null>,
    as = 'owner',
    type = 'UserAssigned',
  ): Promise<Answered> =>
    azure.arm('PATCH', `${scaleSetId}?api-version=2019-12-01`, {
      as,
      body: { identity: { type, userAssignedIdentities } },
    });
  const names = (): string[] => azure.azure.snapshot().scaleSets[0]!.identities.map((id) => id.split('/').at(-1)!);

  it('show their identities in the letter case in which they were written', async () => {
    const { body } = await azure.arm('GET', `${scaleSetId}?api-version=2019-12-01`);
    const [[id, identity] = ['', undefined]] = Object.entries(body.identity.userAssignedIdentities);
    assert.match(id, /resourcegroups/);
    assert.equal(identity?.clientId, azure.principal('one').clientId);
    const bare = await azure.arm(
      'GET',
      `${nodeGroup}/providers/Microsoft.Compute/virtualMachineScaleSets/bare?api-version=2024-07-01`,
    );
    assert.equal(bare.body.identity, undefined);
  });
  it('keep what a patch does not name, add what it names, and take away what is null', async () => {
    assert.equal((await patch({ [identityId('two')]: {} })).status, 200);
    assert.deepEqual(names(), ['one', 'two']);
    await patch({ [identityId('two')]: {} });
    assert.deepEqual(names(), ['one', 'two']);
    const { body } = await patch({ [identityId('ONE').toUpperCase()]: null });
    assert.deepEqual(names(), ['two']);
    assert.deepEqual(Object.keys(body.identity.userAssignedIdentities), [identityId('two')]);
  });
  it('lose all identities by type None', async () => {
    await patch({}, 'owner', 'None');
    assert.deepEqual(names(), []);
  });
  it('refuse an identity that the caller may not assign, naming it', async () => {
    await azure.grant('Virtual Machine Contributor', nodeGroup);
    const { outcome, message } = await patch({ [identityId('two')]: {} }, 'caller');
    const { clientId, objectId } = azure.principal('caller');
    assert.equal(outcome, '403 LinkedAuthorizationFailed');
    assert.equal(
      message,
      `The client '${clientId}' with object id '${objectId}' has permission to perform action 'Microsoft.Compute/virtualMachineScaleSets/write' on scope '${scaleSetId}'; however, it does not have permission to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '${identityId('two')}' or the linked scope(s) are invalid.`,
    );
    assert.deepEqual(names(), ['one']);
    await azure.grant('Managed Identity Operator', identityId('two'));
    assert.equal((await patch({ [identityId('two')]: {} }, 'caller')).status, 200);
  });
  it('let an identity be taken away without the right to assign it', async () => {
    await azure.grant('Virtual Machine Contributor', nodeGroup);
    assert.equal((await patch({ [identityId('one')]: null }, 'caller')).status, 200);
    assert.deepEqual(names(), []);
  });
  it('refuse an identity that does not exist', async () => {
    const { outcome } = await patch({ [identityId('none')]: {} });
    assert.equal(outcome, '404 FailedIdentityOperation');
    assert.deepEqual(names(), ['one']);
  });
  it('answer 501 to patches of anything else', async () => {
    const { status } = await azure.arm('PATCH', `${scaleSetId}?api-version=2024-07-01`, {
      body: { sku: { capacity: 9 } },
    });
    assert.equal(status, 501);
  });
});
