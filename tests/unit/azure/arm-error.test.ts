import assert from 'node:assert/strict';
import { armFailure } from '../../../src/azure/arm-error.ts';
import { ForeignAnswer, Unanswered } from '../../../src/azure/patience/unanswered.ts';
import { TunnelRefused } from '../../../src/azure/tunnel-refused.ts';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';

const denied =
  "The client 'c' with object id 'o' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/s/resourceGroups/rg' or the scope is invalid. If access was recently granted, please refresh your credentials.";

function refusal(statusCode: number, code: string, message: string): Error {
  const response = {
    bodyAsText: JSON.stringify({ error: { code, message } }),
    headers: { get: (name: string) => (name === 'x-ms-correlation-request-id' ? 'corr-1' : undefined) },
  };
  return Object.assign(new Error('as the SDK words it'), { statusCode, response });
}

describe('armFailure', () => {
  const fail = (error: unknown): ReturnType<typeof armFailure>['diagnostic'] =>
    armFailure(error, 'do it', 'arm.example').diagnostic;

  it('names the missing action, the scope and the roles that carry it', () => {
    const { code, message, fix, detail } = fail(refusal(403, 'AuthorizationFailed', denied));
    assert.equal(code, 'AZR001');
    assert.match(
      message,
      /lacks Microsoft\.Authorization\/roleAssignments\/write at \/subscriptions\/s\/resourceGroups\/rg/,
    );
    assert.match(fix, /Role Based Access Control Administrator, User Access Administrator or Owner/);
    assert.match(fix, /granted less than ten minutes ago may not count yet: run the step again/);
    assert.match(detail ?? '', /correlation id corr-1/);
  });

  const table: readonly [number, string, string][] = [
    [404, 'ResourceNotFound', 'AZR002'],
    [404, 'SubscriptionNotFound', 'AZR002'],
    [409, 'ScopeLocked', 'AZR004'],
    [409, 'ConflictError', 'AZR009'],
    [409, 'NameTaken', 'AZR003'],
    [400, '__proto__', 'AZR003'],
    [400, 'constructor', 'AZR003'],
    [403, 'ScopeLocked', 'AZR004'],
    [403, 'LinkedAuthorizationFailed', 'AZR005'],
    [403, 'DenyAssignmentAuthorizationFailed', 'AZR006'],
    [403, 'SomethingElse', 'AZR001'],
    [401, 'ExpiredAuthenticationToken', 'AZR010'],
    [429, 'TooManyRequests', 'AZR009'],
    [500, 'InternalServerError', 'AZR009'],
    [400, 'BadRequestFormat', 'AZR003'],
  ];
  for (const [status, said, code] of table) {
    it(`calls ${String(status)} ${said} ${code}`, () => {
      assert.equal(fail(refusal(status, said, 'text')).code, code);
    });
  }

  it('reads refusals of Azure Kubernetes Service, which have no frame', () => {
    const error = Object.assign(new Error('as the SDK words it'), {
      statusCode: 409,
      response: {
        bodyAsText: JSON.stringify({ code: 'OperationNotAllowed', details: null, message: 'in progress', subcode: '' }),
      },
    });
    const { message, detail } = fail(error);
    assert.equal(message, 'Cannot do it: OperationNotAllowed (status 409).');
    assert.match(detail ?? '', /in progress/);
  });

  it('names the lock', () => {
    const text =
      "The scope '/subscriptions/s/x' cannot perform write operation because following scope(s) are locked: '/subscriptions/s/resourceGroups/rg'. Please remove the lock and try again.";
    assert.equal(
      fail(refusal(409, 'ScopeLocked', text)).message,
      'Cannot do it: the lock on /subscriptions/s/resourceGroups/rg forbids it.',
    );
  });

  it('names the action that is missing on the linked scope, not the one that is allowed', () => {
    const text =
      "The client 'c' with object id 'o' has permission to perform action 'Microsoft.Compute/virtualMachineScaleSets/write' on scope '/a'; however, it does not have permission to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '/b' or the linked scope(s) are invalid.";
    const { message, fix } = fail(refusal(403, 'LinkedAuthorizationFailed', text));
    assert.match(message, /lacks Microsoft\.ManagedIdentity\/userAssignedIdentities\/assign\/action at \/b/);
    assert.match(fix, /Managed Identity Operator at \/b/);
  });

  it('names the deny assignment and where it is', () => {
    const text =
      "The client 'c' with object id 'o' has permission to perform action 'w' on scope '/a/b'; however, the access is denied because of the deny assignment with name 'lockdown' and Id 'i' at scope '/a'.";
    assert.match(
      fail(refusal(403, 'DenyAssignmentAuthorizationFailed', text)).message,
      /the deny assignment "lockdown" at \/a forbids it/,
    );
  });

  it('calls a request without an answer CON004 and names the host', () => {
    const { code, message } = fail(
      Object.assign(new Error('getaddrinfo ENOTFOUND arm.example'), { code: 'ENOTFOUND' }),
    );
    assert.equal(code, 'CON004');
    assert.match(message, /arm\.example/);
  });

  const tried = { tries: 5, milliseconds: 15_000 };

  it('says how often and for how long it was tried, and what the network said last', () => {
    const cut = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const { code, message, detail } = fail(new Unanswered(cut, tried));
    assert.equal(code, 'CON004');
    assert.equal(message, 'Cannot do it: arm.example cannot be reached (5 tries within 15 s).');
    assert.equal(detail, 'socket hang up');
  });

  it('calls an answer of somebody else AZR008', () => {
    const { code, message } = fail(new Unanswered(new ForeignAnswer('of the type text/html'), tried));
    assert.equal(code, 'AZR008');
    assert.equal(message, 'Cannot do it: arm.example gave an answer of the type text/html (5 tries within 15 s).');
  });

  it('says that the proxy leads nowhere, or wants a password', () => {
    assert.equal(fail(new TunnelRefused(503)).detail, 'the proxy leads nowhere (it answered with status 503)');
    assert.match(fail(new TunnelRefused(407)).fix, /Agent\.ProxyUsername/);
  });

  it('shows no page of a gateway', () => {
    const page = Object.assign(new Error('<html>Bad gateway</html>'), {
      statusCode: 502,
      response: { bodyAsText: '<html>' },
    });
    const { code, message, detail } = fail(page);
    assert.deepEqual([code, message, detail], ['AZR009', 'Cannot do it: arm.example answers (status 502).', undefined]);
  });

  it('says what the run was about when it was stopped', () => {
    const { code, message } = fail(Object.assign(new Error('The run was stopped.'), { name: 'AbortError' }));
    assert.deepEqual([code, message], ['RUN002', 'The run was stopped while it was to do it.']);
  });

  it('says what was throttled', () => {
    const { message } = fail(new DiagnosticError('AZR007', { message: 'Azure throttles writes.' }));
    assert.equal(message, 'Cannot do it: Azure throttles writes.');
  });

  it('lets a defect of our own through', () => {
    assert.throws(() => fail(new TypeError('x is not a function')), TypeError);
  });
});
