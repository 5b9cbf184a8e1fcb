import assert from 'node:assert/strict';
import { kubectlFor } from '../../../src/kube/run-command/kubectl.ts';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.ts';

describe('the call of kubectl', () => {
  const patch = (path: string) => kubectlFor({ method: 'PATCH', path, contentType: 'application/merge-patch+json' });

  it('patches an object', () => {
    assert.deepEqual(patch('/api/v1/namespaces/web/pods/a').arguments.slice(0, 3), [
      'patch',
      'pods/a',
      '--namespace=web',
    ]);
  });

  it('is none for ephemeral containers, and says what works', () => {
    assert.throws(
      () => patch('/api/v1/namespaces/web/pods/a/ephemeralcontainers'),
      (error) => error instanceof DiagnosticError && error.diagnostic.code === 'CHK006',
    );
  });
});
