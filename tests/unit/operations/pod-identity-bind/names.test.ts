import assert from 'node:assert/strict';
import { bindingNames, kubernetesName } from '../../../../src/operations/pod-identity-bind/names.ts';

describe('Names of an AzureIdentity', () => {
  it('are the lower-case name of the identity where nothing is lost', () => {
    assert.equal(kubernetesName('aks-p-we-001-AgentPool'), 'aks-p-we-001-agentpool');
  });

  it('carry a hash where a character is replaced, so that two identities never get one name', () => {
    const [one, other] = [kubernetesName('id_web'), kubernetesName('id-web')];
    assert.match(one, /^id-web-[0-9a-f]{8}$/);
    assert.equal(other, 'id-web');
  });

  it('do not depend on the letter case in which Azure answers', () => {
    assert.equal(kubernetesName('ID_Web'), kubernetesName('id_web'));
  });

  it('have at most 63 characters and differ where only the end differs', () => {
    const long = `${'a'.repeat(70)}-one`;
    const names = [kubernetesName(long), kubernetesName(`${'a'.repeat(70)}-two`)];
    for (const name of names) assert.match(name, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    assert.notEqual(names[0], names[1]);
  });

  it('never begin or end with a dash', () => {
    for (const text of ['-x-', '_', '--', 'web_', `${'a'.repeat(53)}-${'b'.repeat(20)}`])
      assert.match(kubernetesName(text), /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, text);
  });

  it('are made from the name of the AzureIdentity for binding and selector', () => {
    assert.deepEqual(bindingNames('Id', { azureIdentityName: 'mine', bindingName: undefined, selector: undefined }), {
      azureIdentityName: 'mine',
      bindingName: 'mine-binding',
      selector: 'mine-selector',
    });
  });

  it('leave what the user gave as it is', () => {
    const given = { azureIdentityName: 'a', bindingName: 'b', selector: 'C_c' };
    assert.deepEqual(bindingNames('Id', given), given);
  });

  it('keep the selector a valid label value for the longest name', () => {
    const { selector } = bindingNames('a'.repeat(63), {
      azureIdentityName: undefined,
      bindingName: undefined,
      selector: undefined,
    });
    assert.ok(selector.length <= 63, selector);
  });
});
