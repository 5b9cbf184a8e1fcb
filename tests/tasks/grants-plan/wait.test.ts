import assert from 'node:assert/strict';
import type { Intercept } from '../../../sandbox/kit/http-server.ts';
import type { World } from '../../support/world.ts';
import { startWorld } from '../../support/world.ts';
import { dedicated, text } from '../grants/support.ts';

const wanted = { ...dedicated, preset: 'none', grants: 'Reader @ {cluster}', wait: 'true' };

describe('wait of AksRoleGrants@1', function () {
  this.timeout(60_000);
  let world: World;
  let answers = 0;
  /** What the lists of the wait are answered with, one after the other; undefined lets one through. */
  const stale = (...bodies: readonly (object | undefined)[]): Intercept => {
    answers = 0;
    return ({ phase, method, path }) => {
      if (phase !== 'before' || method !== 'GET' || !decodeURIComponent(path).includes('assignedTo(')) return undefined;
      const body = bodies[Math.min(answers, bodies.length - 1)];
      answers += 1;
      return body === undefined ? undefined : { status: 200, body };
    };
  };
  const start = async (intercept?: Intercept): Promise<void> => {
    world = await startWorld(intercept ? { intercept } : {});
  };
  afterEach(async () => {
    await world.stop();
  });

  it('ends when Azure lists what was written, and asks nothing where nothing was', async () => {
    await start(stale({ value: [] }, { value: [] }, undefined));
    const run = await world.run('AksRoleGrants', wanted);
    assert.equal(run.result, 'Succeeded', text(run));
    assert.equal(answers, 3);
    assert.match(
      text(run),
      /\.\.\. Azure to show the role assignments: 0 of 1 are as written, not yet Reader at aks-p-we-001/,
    );
    assert.match(text(run), /ok {2}Azure to show the role assignments: 1 of 1 are as written/);
    const again = await world.run('AksRoleGrants', wanted);
    assert.equal(again.outputVariables['changeCount'], '0');
    assert.equal(answers, 3, 'the plan has seen it');
    const removed = await world.run('AksRoleGrants', { ...wanted, action: 'remove' });
    assert.equal(removed.result, 'Succeeded', text(removed));
    assert.equal(answers, 4);
  });

  it('ends early where the identity is gone', async () => {
    const answer = (list: { value: { id: string; name: string; properties: object }[] }): object => ({
      value: list.value.map((each) => ({ ...each, properties: { ...each.properties, principalType: 'Unknown' } })),
    });
    let made: { id: string; name: string; properties: object }[] = [];
    await start(({ phase, method, path, body }) => {
      if (phase === 'before' && method === 'PUT' && path.includes('/roleAssignments/')) {
        const { properties } = JSON.parse(body.toString()) as { properties: object };
        const [scope = ''] = path.replace(/^\/\//, '/').split('/providers/Microsoft.Authorization/');
        const [id = ''] = path.replace(/^\/\//, '/').split('?');
        made = [{ id, name: id.split('/').at(-1) ?? '', properties: { ...properties, scope } }];
      }
      const isWait = method === 'GET' && decodeURIComponent(path).includes('assignedTo(');
      return isWait && phase === 'before' ? { status: 200, body: answer({ value: made }) } : undefined;
    });
    const run = await world.run('AksRoleGrants', wanted);
    assert.equal(run.result, 'Failed');
    assert.match(text(run), /\[GRA013\] Reader at aks-p-we-001 will never take effect: the identity id-aks-helloworld/);
  });
});
