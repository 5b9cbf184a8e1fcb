/** Addresses that nothing answers for, and bodies that nobody can read. */
import assert from 'node:assert/strict';
import { onEachCluster } from './each-cluster.ts';
import { configMap, get, raw, startTestCluster, type TestCluster } from './start.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

onEachCluster('Requests that go wrong', (kind) => {
  let test: TestCluster;

  before(async () => {
    test = await startTestCluster(kind);
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  const notFound = 'the server could not find the requested resource';
  for (const [path, message] of [
    ['/apis/apps/v1beta1', notFound],
    ['/apis/apps/v1/nothings', notFound],
    ['/api/v2', notFound],
    ['/api/v1/nothings', notFound],
    ['/api/v1/pods/x', notFound],
    ['/api/v1/namespaces/default/nodes', notFound],
    ['/api/v1/namespaces/default/configmaps/kube-root-ca.crt/status', notFound],
  ] as const) {
    it(`GET ${path} is a Status that says so`, async () => {
      const { status, body } = await raw(test.config, path);
      assert.deepEqual([status, body['kind'], body['reason'], body['message']], [404, 'Status', 'NotFound', message]);
    });
  }

  for (const path of ['/apis/foo.bar', '/apis/foo.bar/v1', '/apis/foo.bar/v1/things', '/nothing']) {
    it(`GET ${path} is no page at all`, async () => {
      const { status, text } = await raw(test.config, path);
      assert.deepEqual([status, text], [404, '404 page not found\n']);
    });
  }

  it('a method that a resource does not have is 405', async () => {
    const { status, body } = await raw(test.config, MAPS, { method: 'PUT', body: configMap('x') });
    assert.deepEqual([status, body['reason']], [405, 'MethodNotAllowed']);
  });

  const wrongTypes: readonly (readonly [string, string, object, string])[] = [
    [
      'a port',
      'pods',
      { kind: 'Pod', spec: { containers: [{ name: 'a', ports: [{ containerPort: 'x' }] }] } },
      'string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      'a name',
      'pods',
      { kind: 'Pod', metadata: { name: 5 } },
      'number into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      'a value',
      'configmaps',
      { kind: 'ConfigMap', data: { a: 1 } },
      'number into Go struct field ConfigMap.data of type string',
    ],
    [
      'a map',
      'configmaps',
      { kind: 'ConfigMap', data: [] },
      'array into Go struct field ConfigMap.data of type map[string]string',
    ],
    [
      'a list',
      'pods',
      { kind: 'Pod', spec: { containers: {} } },
      'object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    ['a struct', 'pods', { kind: 'Pod', spec: 'x' }, 'string into Go struct field Pod.spec of type v1.PodSpec'],
    [
      'a boolean',
      'pods',
      { kind: 'Pod', spec: { hostNetwork: 'yes' } },
      'string into Go struct field PodSpec.spec.hostNetwork of type bool',
    ],
  ];
  for (const [what, plural, body, text] of wrongTypes) {
    it(`${what} of a wrong type is named by struct and path`, async () => {
      const { kind: itsKind } = body as { kind: string };
      const answer = await raw(test.config, `/api/v1/namespaces/default/${plural}`, {
        method: 'POST',
        body: { apiVersion: 'v1', metadata: { name: 'w' }, ...body },
      });
      assert.equal(answer.status, 400);
      const start = `${itsKind} in version "v1" cannot be handled as a ${itsKind}: json: cannot unmarshal `;
      assert.equal(answer.body['message'], start + text);
    });
  }

  it('a body that ends too early is refused with its beginning', async () => {
    const { status, body } = await raw(test.config, MAPS, {
      method: 'POST',
      body: '{"apiVersion":"v1","kind":"ConfigMap"',
    });
    assert.deepEqual([status, body['reason']], [400, 'BadRequest']);
    assert.match(String(body['message']), /json parse error: unexpected end of JSON input/);
  });

  it('a body of another kind than the address is refused', async () => {
    const { status, body } = await raw(test.config, MAPS, {
      method: 'POST',
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } },
    });
    assert.deepEqual([status, body['reason']], [400, 'BadRequest']);
    assert.match(
      String(body['message']),
      /^Secret in version "v1" cannot be handled as a ConfigMap: converting \(v1\.Secret\) to \(core\.ConfigMap\): unknown conversion$/,
    );
  });

  it('a name in the body other than that of the address is refused', async () => {
    const { status, body } = await raw(test.config, `${MAPS}/x`, { method: 'PUT', body: configMap('y') });
    assert.deepEqual(
      [status, body['message']],
      [400, 'the name of the object (y) does not match the name on the URL (x)'],
    );
  });

  it('a name that is none is refused with the rule', async () => {
    const { status, body } = await raw(test.config, MAPS, { method: 'POST', body: configMap('Not_a_name') });
    assert.deepEqual([status, body['reason']], [422, 'Invalid']);
    assert.match(
      String(body['message']),
      /^ConfigMap "Not_a_name" is invalid: metadata\.name: Invalid value: "Not_a_name": a lowercase RFC 1123 subdomain must consist of/,
    );
  });

  it('a patch type that nobody knows is 415', async () => {
    await raw(test.config, MAPS, { method: 'POST', body: configMap('patched') });
    const { status, body } = await raw(test.config, `${MAPS}/patched`, {
      method: 'PATCH',
      type: 'application/x',
      body: {},
    });
    assert.deepEqual([status, body['reason']], [415, 'UnsupportedMediaType']);
  });

  it('a JSON patch that is no list is refused', async () => {
    const { status, body } = await raw(test.config, `${MAPS}/patched`, {
      method: 'PATCH',
      type: 'application/json-patch+json',
      body: { op: 'add' },
    });
    assert.deepEqual([status, body['reason']], [400, 'BadRequest']);
  });

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    it(`${method} with an unknown dryRun is refused`, async () => {
      const path = method === 'POST' ? MAPS : `${MAPS}/patched`;
      const { status, body } = await raw(test.config, `${path}?dryRun=Some`, {
        method,
        ...(method === 'PATCH' ? { type: 'application/merge-patch+json', body: {} } : {}),
        ...(method === 'POST' || method === 'PUT' ? { body: configMap('patched') } : {}),
      });
      assert.equal(status, 422);
      assert.match(String(body['message']), /dryRun: Unsupported value: \["Some"\]: supported values: "All"/);
    });
  }

  it('an unknown level of field validation is refused', async () => {
    const { status, body } = await raw(test.config, `${MAPS}?fieldValidation=Loud`, {
      method: 'POST',
      body: configMap('v'),
    });
    assert.deepEqual([status, body['reason']], [422, 'Invalid']);
    assert.match(
      String(body['message']),
      /^CreateOptions\.meta\.k8s\.io "" is invalid: fieldValidation: Unsupported value: "Loud": supported values: "", "Ignore", "Strict", "Warn"$/,
    );
  });

  it('a dry run of a patch and of a deletion leaves everything', async () => {
    const type = 'application/merge-patch+json';
    const patched = await raw(test.config, `${MAPS}/patched?dryRun=All`, {
      method: 'PATCH',
      type,
      body: { data: { a: 'b' } },
    });
    assert.equal(get(patched.body, 'data', 'a'), 'b');
    assert.equal((await raw(test.config, `${MAPS}/patched?dryRun=All`, { method: 'DELETE' })).status, 200);
    const { status, body } = await raw(test.config, `${MAPS}/patched`);
    assert.deepEqual([status, body['data']], [200, undefined]);
  });
});
