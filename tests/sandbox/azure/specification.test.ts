import assert from 'node:assert/strict';
import type { SandboxResponse } from '../../../sandbox/kit/http-server.ts';
import { notImitatedRoutes } from '../../../sandbox/azure/resource-manager/not-imitated.ts';
import { routes } from '../../../sandbox/azure/resource-manager/routes.ts';
import { createSpecificationCheck } from '../../support/specification/check.ts';
import { findOperation } from '../../support/specification/operations.ts';
import { unspecified } from '../../support/specification/unspecified.ts';
import { appGroup, clusterId, identityId, subscription, vaultId } from './world.ts';

const headers = { 'x-ms-request-id': 'a', 'x-ms-correlation-request-id': 'b' };
const tenantId = '11111111-1111-4111-8111-111111111111';
const sku = { family: 'A', name: 'standard' };
const vault = { properties: { tenantId, sku } };
const roleAssignment = `${appGroup}/providers/Microsoft.Authorization/roleAssignments/${tenantId}`;

interface Exchange {
  readonly title: string;
  readonly method?: string;
  readonly server?: 'resourceManager' | 'keyVault';
  readonly path?: string;
  readonly version?: string;
  readonly request?: object;
  readonly response: SandboxResponse;
  /** Undefined: fits. */
  readonly mismatch?: RegExp;
}

const ok = (body: object): SandboxResponse => ({ status: 200, headers, body });

const exchanges: readonly Exchange[] = [
  { title: 'a body that fits', response: ok(vault) },
  {
    title: 'null where a property is not required',
    response: ok({ properties: { tenantId, sku, networkAcls: null } }),
  },
  {
    title: 'a property of a wrong type',
    response: ok({ properties: { tenantId, sku, enableSoftDelete: 'yes' } }),
    mismatch: /GET .*\/vaults\/v 200: response \/properties\/enableSoftDelete must be boolean/,
  },
  {
    title: 'a property that nobody knows',
    response: ok({ properties: { tenantId, sku, softDelete: true } }),
    mismatch: /response \/properties must NOT have unevaluated properties \(softDelete\)/,
  },
  {
    title: 'a property that is required',
    response: ok({ properties: { tenantId } }),
    mismatch: /response \/properties must have required property 'sku'/,
  },
  {
    title: 'a value that a closed enumeration does not have',
    response: ok({ properties: { tenantId, sku: { ...sku, name: 'platinum' } } }),
    mismatch: /response \/properties\/sku\/name must be equal to one of the allowed values \(standard, premium\)/,
  },
  {
    title: 'a new value of an enumeration that may grow',
    response: ok({ properties: { tenantId, sku, provisioningState: 'Moving' } }),
  },
  {
    title: 'a property that can only be written',
    response: ok({ properties: { tenantId, sku, createMode: 'recover' } }),
    mismatch: /response \/properties\/createMode boolean schema is false/,
  },
  {
    title: 'a GUID that is none',
    response: ok({ properties: { tenantId: 'home', sku } }),
    mismatch: /response \/properties\/tenantId must match format "uuid"/,
  },
  {
    title: 'a status that the operation does not have',
    response: { status: 204, headers },
    mismatch: /Vaults_Get has no answer with this status, only 200, default/,
  },
  {
    title: 'a body where there is none',
    method: 'DELETE',
    response: ok(vault),
    mismatch: /Vaults_Delete has no body with this status/,
  },
  { title: 'a body that is missing', response: { status: 200, headers }, mismatch: /response \/ must be object/ },
  {
    title: 'a request that was accepted and does not fit',
    method: 'PUT',
    request: { properties: { tenantId, sku } },
    response: ok(vault),
    mismatch: /request \/ must have required property 'location'/,
  },
  {
    title: 'a request that was refused, whatever it was',
    method: 'PUT',
    request: { nonsense: true },
    response: { status: 400, headers, body: { error: { code: 'BadRequest', message: 'no' } } },
  },
  {
    title: 'an error without a code',
    response: { status: 404, headers, body: { error: { message: 'no' } } },
    mismatch: /an error has error\.code and error\.message/,
  },
  {
    title: 'an error that carries more than the specification knows',
    response: { status: 404, headers, body: { error: { code: 'x', message: 'no', hint: 'y' } } },
    mismatch: /response \/error must NOT have unevaluated properties \(hint\)/,
  },
  {
    title: 'an answer without its request id',
    response: { status: 200, headers: { 'x-ms-request-id': 'a' }, body: vault },
    mismatch: /the header x-ms-correlation-request-id is missing/,
  },
  {
    title: 'a route that no specification has',
    path: `${subscription}/providers/Microsoft.Storage/storageAccounts`,
    response: ok({}),
    mismatch: /no specification has this operation/,
  },
  {
    title: 'a property of a newer API version',
    path: clusterId,
    version: '2026-04-01',
    response: ok({ location: 'westeurope', eTag: 'x' }),
  },
  {
    title: 'a property that the API version does not have yet',
    path: clusterId,
    version: '2024-02-01',
    response: ok({ location: 'westeurope', eTag: 'x' }),
    mismatch: /response \/ must NOT have unevaluated properties \(eTag\)/,
  },
  {
    title: 'what a base definition asks for',
    path: identityId('one'),
    response: ok({ properties: {} }),
    mismatch: /response \/ must have required property 'location'/,
  },
  {
    title: 'an operation with a scope in its path',
    path: `/${roleAssignment}`.replaceAll('/', '//'),
    response: ok({ properties: { roleDefinitionId: 'r', principalId: 7 } }),
    mismatch: /response \/properties\/principalId must be string/,
  },
  {
    title: 'an operation on a resource of any type',
    path: `${clusterId}/providers/Microsoft.Authorization/permissions`,
    response: ok({ value: [{ actions: '*' }] }),
    mismatch: /response \/value\/0\/actions must be array/,
  },
  {
    title: 'a secret of a vault, without a version',
    server: 'keyVault',
    path: '//secrets/password',
    response: ok({ value: 'v', attributes: { enabled: 'true' } }),
    mismatch: /response \/attributes\/enabled must be boolean/,
  },
];

describe('the comparison with Microsoft’s specifications', () => {
  for (const { title, mismatch, ...exchange } of exchanges) {
    it(`${mismatch ? 'finds' : 'accepts'} ${title}`, async () => {
      const found = await mismatchesIn(exchange);
      if (!mismatch) assert.deepEqual(found, []);
      else assert.ok(found.some((line) => mismatch.test(line)) && found.length === 1, found.join('\n'));
    });
  }

  it('never says a value', async () => {
    const response = ok({ value: 5, contentType: { secret: 'hunter2' } });
    const found = await mismatchesIn({ server: 'keyVault', path: '/secrets/password', response });
    assert.equal(found.length, 2);
    assert.doesNotMatch(found.join('\n'), /hunter2/);
  });
  it('knows every route of the sandbox, or why it has no specification', () => {
    const strangers = routes
      .filter((route) => !notImitatedRoutes.includes(route))
      .map(({ method, pattern }) => ({ method, path: pathLike(pattern) }))
      .filter(({ method, path }) => !findOperation('resourceManager', method, path))
      .filter(({ method, path }) => !unspecified.some((each) => each.method === method && each.path.test(path)));
    assert.deepEqual(strangers, []);
  });
});

async function mismatchesIn(exchange: Omit<Exchange, 'title' | 'mismatch'>): Promise<readonly string[]> {
  const { method = 'GET', server = 'resourceManager', path = vaultId('v'), request, response } = exchange;
  const check = createSpecificationCheck();
  await check.intercept({
    phase: 'after',
    server,
    method,
    host: 'management.azure.com',
    path: `${path}?api-version=${exchange.version ?? '2023-07-01'}`,
    headers: {},
    body: Buffer.from(request ? JSON.stringify(request) : ''),
    response,
  });
  return check.mismatches();
}

/** A path that the pattern of a route has. */
function pathLike(pattern: string): string {
  return pattern.replace('{scope}', subscription).replaceAll(/\{\w+\}/g, 'x');
}
