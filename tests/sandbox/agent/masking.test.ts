import assert from 'node:assert/strict';
import { SecretMasker } from '../../../sandbox/agent/secret-masker.ts';
import { probe } from './probe.ts';

const id = '11111111-2222-3333-4444-555555555555';

describe('agent: masking', () => {
  const secret = `"a b\\c%d"`;
  const forms: Record<string, string> = {
    plain: secret,
    'without quotes': secret.slice(1, -1),
    'JSON-escaped': JSON.stringify(secret),
    'URI-escaped': encodeURIComponent(secret),
    base64: Buffer.from(secret).toString('base64'),
    'escaped as a command': secret.replaceAll('%', '%AZP25'),
    'backslashes resolved': `"a bc%d"`,
  };
  for (const [name, form] of Object.entries(forms)) {
    it(`hides a secret variable ${name}`, () => {
      const masker = new SecretMasker();
      assert.ok(masker.mask(form).includes(form));
      masker.addVariable(secret);
      assert.ok(!masker.mask(`x ${form} y`).includes(form));
    });
  }

  it('makes one mask of secrets that touch or overlap', () => {
    const masker = new SecretMasker();
    for (const value of ['abcd', 'cdef', 'gh']) masker.add(value);
    assert.equal(masker.mask('-abcdef-abcdgh-ab-'), '-***-***-ab-');
  });

  it('hides a password in an address', () => {
    assert.equal(new SecretMasker().mask('https://user:pass@host/x'), 'https://user:***@host/x');
  });

  it('masks from the moment a secret is known, in the log but not in the raw output', async () => {
    const run = await probe(`console.log('before s3cr3t'); tl.setSecret('s3cr3t'); console.log('after s3cr3t');`);
    const said = run.log.filter((line) => /^(before|after)/.test(line));
    assert.deepEqual(said, ['before s3cr3t', 'after ***']);
    assert.ok(run.rawOutput.includes('after s3cr3t'));
  });

  it('masks issues, and what another step set as a secret variable', async () => {
    const run = await probe(`tl.setVariable('k', 'topsecret', true); tl.error('it was topsecret');`);
    assert.equal(run.issues[0]?.message, 'it was ***');
  });

  it('masks the client id of a service principal, but not its tenant', async () => {
    const variables = {
      [`ENDPOINT_AUTH_PARAMETER_${id}_SERVICEPRINCIPALID`]: 'the-client',
      [`ENDPOINT_AUTH_PARAMETER_${id}_TENANTID`]: 'the-tenant',
    };
    const run = await probe(`console.log('the-client in the-tenant')`, { endpoints: [{ id, variables }] });
    assert.equal(run.log.at(-1), '*** in the-tenant');
  });
});
