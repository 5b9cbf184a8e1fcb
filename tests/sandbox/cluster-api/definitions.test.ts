import assert from 'node:assert/strict';
import { ApiextensionsV1Api, CustomObjectsApi, type KubernetesObjectApi } from '@kubernetes/client-node';
import { onEachCluster } from './each-cluster.ts';
import {
  eventually,
  get,
  objectsOf,
  raw,
  refusal,
  startTestCluster,
  manifest,
  type Json,
  type TestCluster,
} from './start.ts';

const GROUP = 'example.io';

function definition(plural: string, schema: object, changes: object = {}): object {
  const kind = plural.charAt(0).toUpperCase() + plural.slice(1, -1);
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...changes };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: { group: GROUP, scope: 'Namespaced', names: { plural, kind }, versions: [version] },
  };
}

const properties = {
  size: { type: 'integer', minimum: 1, maximum: 9 },
  colour: { type: 'string', enum: ['red', 'green'], default: 'red' },
  port: { 'x-kubernetes-int-or-string': true },
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
};
const schema = {
  type: 'object',
  properties: {
    spec: { type: 'object', required: ['size'], properties },
    status: { type: 'object', properties: { done: { type: 'boolean' } } },
  },
};

onEachCluster('Custom resource definitions', (kind) => {
  let test: TestCluster;
  let objects: KubernetesObjectApi;
  const thing = (name: string, spec: object): object => ({
    apiVersion: `${GROUP}/v1`,
    kind: 'Thing',
    metadata: { name, namespace: 'default' },
    spec,
  });

  /** Past the typed client, which loses the x-kubernetes fields of schemas. */
  const createDefinition = async (body: object): Promise<Json> => {
    const answer = await raw(test.config, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      method: 'POST',
      body,
    });
    if (answer.status !== 201) throw Object.assign(new Error('refused'), { code: answer.status, body: answer.body });
    return answer.body;
  };

  before(async () => {
    test = await startTestCluster(kind);
    objects = objectsOf(test.config);
    await createDefinition(definition('things', schema, { subresources: { status: {} } }));
    await eventually(
      () => raw(test.config, `/apis/${GROUP}/v1`),
      ({ status }) => status === 200,
    );
  });
  after(() => (test as TestCluster | undefined)?.cluster.stop());

  it('the answer to a creation has no conditions, soon it is established', async () => {
    const made = await createDefinition(definition('others', schema));
    assert.equal(get(made, 'status', 'conditions'), null);
    const api = test.config.makeApiClient(ApiextensionsV1Api);
    const conditions = await eventually(
      async () => (await api.readCustomResourceDefinition({ name: `others.${GROUP}` })).status?.conditions ?? [],
      (found) => found.some(({ type, status }) => type === 'Established' && status === 'True'),
    );
    assert.deepEqual(
      conditions.map(({ type, status }) => `${type}=${status}`),
      ['NamesAccepted=True', 'Established=True'],
    );
  });

  it('apiextensions.k8s.io/v1beta1 is not served', async () => {
    const { status, body } = await raw(test.config, '/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions');
    assert.deepEqual([status, body['message']], [404, 'the server could not find the requested resource']);
  });

  it('a protected group needs the approval annotation', async () => {
    const body = definition('guards', schema) as { metadata: { name: string }; spec: { group: string } };
    const guarded = {
      ...body,
      metadata: { name: 'guards.aadpodidentity.k8s.io' },
      spec: { ...body.spec, group: 'aadpodidentity.k8s.io' },
    };
    await assert.rejects(
      createDefinition(guarded),
      refusal(
        422,
        'CustomResourceDefinition.apiextensions.k8s.io "guards.aadpodidentity.k8s.io" is invalid: metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
      ),
    );
    const approved = {
      ...guarded,
      metadata: { ...guarded.metadata, annotations: { 'api-approved.kubernetes.io': 'unapproved' } },
    };
    assert.equal(get(await createDefinition(approved), 'kind'), 'CustomResourceDefinition');
  });

  it('the name must be plural and group', async () => {
    const body = { ...definition('names', schema), metadata: { name: 'wrong' } };
    await assert.rejects(
      createDefinition(body),
      refusal(422, /metadata\.name: Invalid value: "wrong": must be spec\.names\.plural\+"\."\+spec\.group/),
    );
  });

  it('a definition needs a structural schema', async () => {
    await assert.rejects(
      createDefinition(definition('loose', { type: 'object', properties: { spec: {} } })),
      refusal(422, /properties\[spec\]\.type: Required value/),
    );
  });

  it('objects are pruned and defaulted by the schema', async () => {
    const made = await objects.create(manifest(thing('pruned', { size: 2, bogus: 1, free: { any: { thing: 1 } } })));
    assert.deepEqual(get(made, 'spec'), { size: 2, colour: 'red', free: { any: { thing: 1 } } });
  });

  const refusals: readonly (readonly [string, object, RegExp])[] = [
    ['a missing required field', {}, /^Thing\.example\.io "bad" is invalid: spec\.size: Required value$/],
    [
      'a wrong type',
      { size: 'two' },
      /spec\.size: Invalid value: "string": spec\.size in body must be of type integer: "string"/,
    ],
    [
      'a value outside of its bounds',
      { size: 10 },
      /spec\.size: Invalid value: 10: spec\.size in body should be less than or equal to 9/,
    ],
    [
      'a value outside of the enumeration',
      { size: 1, colour: 'blue' },
      /spec\.colour: Unsupported value: "blue": supported values: "red", "green"/,
    ],
    ['a repeated item of a set', { size: 1, tags: ['a', 'a'] }, /spec\.tags\[1\]: Duplicate value: "a"/],
    ['a boolean where a number or a text belongs', { size: 1, port: true }, /spec\.port: Invalid value: "boolean"/],
  ];
  for (const [what, spec, message] of refusals) {
    it(`${what} is refused`, async () => {
      await assert.rejects(objects.create(manifest(thing('bad', spec))), refusal(422, message, 'Invalid'));
    });
  }

  it('the status is written through its subresource only', async () => {
    await objects.create(manifest({ ...thing('stated', { size: 1 }), status: { done: true } }));
    const api = test.config.makeApiClient(CustomObjectsApi);
    const where = { group: GROUP, version: 'v1', namespace: 'default', plural: 'things', name: 'stated' };
    const before: unknown = await api.getNamespacedCustomObject(where);
    assert.equal(get(before, 'status'), undefined);
    const after: unknown = await api.patchNamespacedCustomObjectStatus({
      ...where,
      body: [{ op: 'add', path: '/status', value: { done: true } }],
    });
    assert.deepEqual([get(after, 'status', 'done'), get(after, 'metadata', 'generation')], [true, 1]);
  });

  it('a strategic merge patch of a custom object is 415', async () => {
    await objects.create(manifest(thing('plain', { size: 1 })));
    const { status } = await raw(test.config, `/apis/${GROUP}/v1/namespaces/default/things/plain`, {
      method: 'PATCH',
      type: 'application/strategic-merge-patch+json',
      body: {},
    });
    assert.equal(status, 415);
  });

  it('with the definition go its objects and its group version', async () => {
    await objects.create(manifest({ ...thing('last', { size: 1 }) }));
    await test.config.makeApiClient(ApiextensionsV1Api).deleteCustomResourceDefinition({ name: `things.${GROUP}` });
    await eventually(
      () => raw(test.config, `/apis/${GROUP}/v1/things`),
      ({ status }) => status === 404,
    );
    assert.ok(!(await test.cluster.dump()).some(({ kind }) => kind === 'Thing'));
  });
});
