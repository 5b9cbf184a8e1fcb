import assert from 'node:assert/strict';
import type { GrantFact, IdentityFact, PodFact, ProofFact, Facts, VaultFact } from '../../../src/checks/facts.ts';
import { policyGrant, roleGrant } from '../../../src/checks/gather/vault-access.ts';
import type { ProofAnswer, SecretAnswer, TokenAnswer } from '../../../src/checks/gather/proof-answer.ts';
import { judge } from '../../../src/checks/judge.ts';
import type { Vault } from '../../../src/azure/vault.ts';
import { builtInRoles } from '../../../src/azure/roles.ts';

const CLIENT = '22222222-2222-4222-8222-222222222222';
const pod: PodFact = {
  found: true,
  name: 'web-1',
  node: 'node-1',
  container: 'web',
  hostNetwork: false,
  bindingLabel: 'web',
};
const nmi: TokenAnswer = {
  state: 'given',
  path: 'nmi',
  clientId: CLIENT,
  objectId: '11111111-1111-4111-8111-111111111111',
};
const read: SecretAnswer = { state: 'read', version: '0123456789abcdef0123456789abcdef', enabled: true };
const bound: IdentityFact = { state: 'bound', identities: [{ name: 'id-web', clientId: CLIENT }] };
const question: Facts['question'] = {
  namespace: 'default',
  pods: 'deployment/web',
  vaultName: 'kvweb',
  vaultHost: 'kvweb.vault.azure.net',
  vaultAudience: 'https://vault.azure.net',
  secretName: 'password',
  secretVersion: undefined,
  expectsValue: false,
};

function answered(part: Partial<ProofAnswer>): ProofFact {
  return { state: 'answered', answer: { tool: 'curl', proxied: false, exposed: false, ...part } };
}

function facts(part: Partial<Facts> = {}): Facts {
  const proof = answered({ token: nmi, secret: read });
  return { question, pod, identity: bound, proof, vault: undefined, now: new Date('2026-11-24T00:00:00Z'), ...part };
}

function token(answer: TokenAnswer, part: Partial<Facts> = {}): Facts {
  return facts({ proof: answered({ token: answer }), ...part });
}

function secret(answer: SecretAnswer, vault?: VaultFact, tool: ProofAnswer['tool'] = 'curl'): Facts {
  return facts({ proof: answered({ tool, token: nmi, secret: answer }), vault });
}

function refusedToken(status: number, text = '', error = ''): TokenAnswer {
  return { state: 'refused', status, error, text };
}

function refused(status: number, code = '', inner = '', text = ''): SecretAnswer {
  return { state: 'refused', status, code, inner, text };
}

function vaultFact(
  grant: GrantFact,
  network: Partial<Vault['network']> = {},
  model: 'rbac' | 'accessPolicy' = 'rbac',
): VaultFact {
  const common = { name: 'kvweb', resourceId: '', subscriptionId: '', resourceGroup: '', tenantId: '', uri: '' };
  const rules = { publicAccess: true, defaultAllow: true, ipRules: [], subnets: [], privateEndpoints: 0, ...network };
  const vault: Vault = { ...common, network: rules, model, policies: [] };
  return { known: true, vault, grant };
}

const FOREVER = Infinity;

/** Facts, the code that they lead to, the first words of the failed check's title, and how long waiting may help (ms). */
const failures: readonly (readonly [title: string, facts: Facts, code: string, check: RegExp, patience: number])[] = [
  [
    'no pod yet',
    facts({ pod: { found: false, measured: 'there is no pod', hopeless: false } }),
    'CHK001',
    /a ready pod of deployment\/web was found/,
    FOREVER,
  ],
  [
    'no such workload',
    facts({ pod: { found: false, measured: 'there is no deployment web', hopeless: true } }),
    'CHK001',
    /a ready pod/,
    0,
  ],
  ['no shell', facts({ proof: { state: 'noShell', said: '' } }), 'CHK002', /a shell/, 0],
  ['no tool', facts({ proof: answered({ tool: 'none' }) }), 'CHK003', /a shell/, 0],
  ['exec forbidden', facts({ proof: { state: 'forbidden', said: 'Add ...' } }), 'CHK004', /a shell/, 0],
  ['a broken answer', facts({ proof: { state: 'broken', said: '' } }), 'CHK005', /a shell/, 20_000],
  ['no identity yet', token(refusedToken(404)), 'CHK010', /through NMI/, FOREVER],
  [
    'no label',
    token(refusedToken(404), { pod: { ...pod, bindingLabel: undefined } as PodFact }),
    'CHK010',
    /through NMI/,
    0,
  ],
  [
    'no binding',
    token(refusedToken(404), { identity: { state: 'unbound', label: 'web' } }),
    'CHK010',
    /through NMI/,
    0,
  ],
  [
    'a client id that is not bound',
    token(refusedToken(404), { identity: { state: 'given', clientId: CLIENT, bound: false } }),
    'CHK010',
    /through NMI/,
    0,
  ],
  ['NMI silent', token({ state: 'unanswered', why: 'timeout' }), 'CHK011', /through NMI/, 30_000],
  ['NMI not healthy', token(refusedToken(503)), 'CHK011', /through NMI/, 30_000],
  ['NMI bypassed', token({ ...nmi, path: 'imds' }), 'CHK012', /through NMI/, 0],
  [
    'several identities',
    token(refusedToken(400, 'Multiple user assigned identities exist, please specify', 'invalid_request')),
    'CHK013',
    /through NMI/,
    0,
  ],
  [
    'an unknown identity',
    token(refusedToken(400, 'Identity not found', 'invalid_request')),
    'CHK014',
    /through NMI/,
    90_000,
  ],
  [
    'no metadata header',
    token(refusedToken(400, 'Required metadata header not specified', 'bad_request_102')),
    'CHK015',
    /through NMI/,
    0,
  ],
  ['a refused refresh', token(refusedToken(403, 'failed to refresh token')), 'CHK015', /through NMI/, 90_000],
  ['a 400 without words', token(refusedToken(400)), 'CHK016', /through NMI/, 0],
  ['too many tokens', token(refusedToken(429)), 'CHK017', /through NMI/, 60_000],
  [
    'another identity',
    facts({ identity: { state: 'given', clientId: '33333333-3333-4333-8333-333333333333', bound: true } }),
    'CHK020',
    /the identity that answered/,
    0,
  ],
  ['no name', secret({ state: 'unanswered', why: 'dns' }), 'CHK030', /reaches the key vault/, 15_000],
  ['no connection', secret({ state: 'unanswered', why: 'refused' }), 'CHK031', /reaches the key vault/, 15_000],
  ['an untrusted certificate', secret({ state: 'unanswered', why: 'tls' }), 'CHK031', /reaches the key vault/, 15_000],
  [
    'a firewall',
    secret(refused(403, 'Forbidden', 'ForbiddenByFirewall', 'Client address: 10.1.2.3')),
    'CHK032',
    /reaches the key vault/,
    0,
  ],
  ['private only', secret(refused(403, 'Forbidden', 'ForbiddenByConnection')), 'CHK033', /reaches the key vault/, 0],
  ['throttling', secret(refused(429, 'Throttled')), 'CHK034', /reaches the key vault/, 60_000],
  ['a strange answer', secret({ state: 'strange' }), 'CHK047', /reaches the key vault/, 0],
  [
    'no policy',
    secret(refused(403, 'Forbidden', 'ForbiddenByPolicy'), vaultFact({ state: 'none' }, {}, 'accessPolicy')),
    'CHK040',
    /can be read/,
    0,
  ],
  [
    'a policy that is not effective',
    secret(
      refused(403, 'Forbidden', 'ForbiddenByPolicy'),
      vaultFact({ state: 'granted', by: 'x' }, {}, 'accessPolicy'),
    ),
    'CHK040',
    /can be read/,
    FOREVER,
  ],
  ['no policy by its old name', secret(refused(403, 'AccessDenied')), 'CHK040', /can be read/, FOREVER],
  [
    'no role',
    secret(refused(403, 'Forbidden', 'ForbiddenByRbac'), vaultFact({ state: 'none' })),
    'CHK041',
    /can be read/,
    0,
  ],
  [
    'a role that spreads',
    secret(refused(403, 'Forbidden', 'ForbiddenByRbac'), vaultFact({ state: 'granted', by: 'x' })),
    'CHK041',
    /can be read/,
    FOREVER,
  ],
  [
    'a compound policy',
    secret(refused(403, 'Forbidden', 'ForbiddenByPolicy', 'to use on-behalf-of (OBO) flow')),
    'CHK042',
    /can be read/,
    0,
  ],
  ['a missing secret', secret(refused(404, 'SecretNotFound')), 'CHK043', /can be read/, 0],
  ['a disabled secret', secret(refused(403, 'Forbidden', 'SecretDisabled')), 'CHK044', /can be read/, 0],
  ['a wrong audience', secret(refused(401, 'Unauthorized')), 'CHK045', /can be read/, 0],
  [
    'a bare 403, nothing known',
    secret(refused(403), { known: false, because: 'x' }, 'wget-busybox'),
    'CHK046',
    /can be read/,
    0,
  ],
  [
    'a bare 403, no role, open network',
    secret(refused(403), vaultFact({ state: 'none' }), 'wget-busybox'),
    'CHK041',
    /can be read/,
    0,
  ],
  [
    'a bare 403, no role, firewall',
    secret(refused(403), vaultFact({ state: 'none' }, { defaultAllow: false }), 'wget-busybox'),
    'CHK046',
    /can be read/,
    0,
  ],
  [
    'a bare 403, compound policy',
    secret(refused(403), vaultFact({ state: 'compound' }, {}, 'accessPolicy'), 'wget-busybox'),
    'CHK042',
    /can be read/,
    0,
  ],
  [
    'a bare 403, granted',
    secret(refused(403), vaultFact({ state: 'granted', by: 'x' }), 'wget-busybox'),
    'CHK046',
    /can be read/,
    120_000,
  ],
  [
    'another value',
    { ...secret({ ...read, compared: 'mismatch' }), question: { ...question, expectsValue: true } },
    'CHK050',
    /is the expected one/,
    0,
  ],
  [
    'nothing to compare with',
    { ...secret({ ...read, compared: 'unable' }), question: { ...question, expectsValue: true } },
    'CHK051',
    /is the expected one/,
    0,
  ],
];

describe('the checks of secret access', () => {
  it('all pass for a pod that reads its secret through NMI', () => {
    const { checks, failure } = judge(facts());
    assert.equal(failure, undefined);
    assert.deepEqual(
      checks.map(({ title, status }) => `${status}: ${title}`),
      [
        'passed: a ready pod of deployment/web was found',
        'passed: the container has a shell and curl or wget',
        'passed: the pod gets a token through NMI',
        'passed: the identity that answered is id-web',
        'passed: the pod reaches the key vault kvweb',
        'passed: the secret password can be read',
        'passed: the secret password is valid today',
        'skipped: the value of password is the expected one',
      ],
    );
  });

  for (const [title, given, code, check, patience] of failures) {
    it(`tell apart: ${title} is ${code}`, () => {
      const { checks, failure } = judge(given);
      assert.equal(failure?.diagnostic.code, code);
      assert.equal(failure.patience, patience);
      const failed = checks.filter(({ status }) => status === 'failed');
      assert.equal(failed.length, 1);
      assert.match(failed[0]!.title, check);
      const after = checks.slice(checks.indexOf(failed[0]!) + 1);
      assert.ok(after.every(({ status }) => status === 'skipped'));
    });
  }

  it('warn of a secret that expired or is not valid yet, and pass all the same', () => {
    const codes = [{ expires: 1000 }, { notBefore: 4_000_000_000 }].map((dates) => {
      const { checks, failure } = judge(secret({ ...read, ...dates }));
      assert.equal(failure, undefined);
      const warned = checks.find(({ status }) => status === 'warned');
      return warned?.status === 'warned' && warned.diagnostic.code;
    });
    assert.deepEqual(codes, ['CHK048', 'CHK049']);
  });

  it('leave the identity open where the bindings cannot be read', () => {
    const { checks, failure } = judge(facts({ identity: { state: 'unknown', because: 'no right' } }));
    assert.equal(failure, undefined);
    assert.equal(checks[3]!.status, 'unknown');
  });
});

describe('what Azure says of a grant', () => {
  const objectId = 'AAAAAAAA-1111-4111-8111-111111111111';

  it('is a policy with get for the object id, in any letter case', () => {
    const policy = { objectId: objectId.toLowerCase(), secrets: ['get'] };
    assert.equal(policyGrant([policy], objectId).state, 'granted');
    assert.equal(policyGrant([{ ...policy, secrets: ['list'] }], objectId).state, 'none');
    assert.equal(policyGrant([{ ...policy, applicationId: 'x' }], objectId).state, 'compound');
  });

  it('is a role that reads secrets; an unknown role may', () => {
    assert.equal(roleGrant([builtInRoles['Key Vault Secrets User']]).state, 'granted');
    assert.equal(roleGrant([builtInRoles.Reader]).state, 'none');
    assert.equal(roleGrant([]).state, 'none');
    assert.equal(roleGrant(['b0000000-0000-4000-8000-000000000000']).state, 'unknown');
  });
});
