import assert from 'node:assert/strict';
import type { Pod, Workload } from '../../../src/kube/shapes.ts';
import { notEstablished } from '../../../src/kube/status/definition.ts';
import { isPodReady, podTrouble } from '../../../src/kube/status/pod.ts';
import { rolloutOf } from '../../../src/kube/status/rollout.ts';

function workload(kind: string, spec: Workload['spec'], status: Workload['status']): Workload {
  const seen = { observedGeneration: 2, ...status };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'x', generation: 2 },
    ...(spec ? { spec } : {}),
    status: seen,
  };
}

describe('The roll-out of a Deployment', () => {
  const of = (status: Workload['status'], replicas = 3): ReturnType<typeof rolloutOf> =>
    rolloutOf(workload('Deployment', { replicas }, status));

  it('is not judged before the controller saw the change', () => {
    const old = { observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
    assert.equal(of(old).state, 'inProgress');
  });

  it('counts pods of the new template, then old ones, then available ones', () => {
    assert.match(of({ replicas: 3, updatedReplicas: 1, availableReplicas: 3 }).measured, /1 of 3 pods updated/);
    assert.match(of({ replicas: 4, updatedReplicas: 3, availableReplicas: 3 }).measured, /1 old pod still there/);
    assert.deepEqual(of({ replicas: 3, updatedReplicas: 3, availableReplicas: 2 }), {
      state: 'inProgress',
      measured: '2 of 3 pods ready',
    });
    assert.equal(of({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 }).state, 'current');
  });

  it('is current with no pods where none are wanted', () => {
    assert.equal(of({}, 0).state, 'current');
  });

  it('fails when pods cannot be created or the deadline passed', () => {
    const forbidden = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' };
    const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
    assert.deepEqual(of({ conditions: [forbidden] }), {
      state: 'failed',
      measured: '0 of 3 pods ready',
      reason: 'FailedCreate: quota',
    });
    assert.equal(of({ conditions: [late] }).state, 'failed');
  });
});

describe('The roll-out of other kinds', () => {
  it('of a paused Deployment waits for nobody who is not there', () => {
    const paused = workload('Deployment', { replicas: 3, paused: true }, { replicas: 3 });
    assert.match(rolloutOf(paused).measured, /paused: .* resumed/);
    assert.equal(rolloutOf(paused).state, 'current');
  });

  const own: readonly (readonly [string, Workload['status'], string, RegExp])[] = [
    ['CronJob', { observedGeneration: 0 }, 'current', /next run/],
    ['ReplicaSet', {}, 'current', /new pods take the change/],
    ['ReplicationController', {}, 'current', /new pods take the change/],
    ['ReplicaSet', { observedGeneration: 1 }, 'inProgress', /has not seen/],
    ['Rollout', { observedGeneration: '1', phase: 'Healthy' }, 'inProgress', /has not seen/],
    ['Rollout', { observedGeneration: '2', phase: 'Healthy' }, 'current', /Healthy/],
    ['Rollout', { observedGeneration: '2', phase: 'Progressing', message: 'updating' }, 'inProgress', /updating/],
    ['Rollout', { observedGeneration: '2', phase: 'Paused', message: 'CanaryPauseStep' }, 'current', /promoted/],
    ['Rollout', { observedGeneration: '2', phase: 'Degraded', message: 'no image' }, 'failed', /Degraded/],
  ];
  for (const [kind, status, state, words] of own)
    it(`of a ${kind} with ${JSON.stringify(status)} is ${state}`, () => {
      const rollout = rolloutOf(workload(kind, {}, status));
      assert.equal(rollout.state, state);
      assert.match(rollout.measured, words);
    });
});

describe('The roll-out of a DaemonSet', () => {
  it('says how many nodes are ready', () => {
    const status = { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 };
    assert.deepEqual(rolloutOf(workload('DaemonSet', {}, status)), {
      state: 'inProgress',
      measured: '2 of 3 nodes ready',
    });
    assert.equal(rolloutOf(workload('DaemonSet', {}, { ...status, numberAvailable: 3 })).state, 'current');
    assert.equal(rolloutOf(workload('DaemonSet', {}, { ...status, updatedNumberScheduled: 1 })).state, 'inProgress');
  });
});

describe('The roll-out of a StatefulSet', () => {
  const revisions = { currentRevision: 'a', updateRevision: 'b' };

  it('waits for the pods above the partition only', () => {
    const spec = { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } };
    assert.equal(rolloutOf(workload('StatefulSet', spec, { ...revisions, readyReplicas: 3 })).state, 'inProgress');
    const updated = { ...revisions, updatedReplicas: 1, readyReplicas: 3 };
    assert.equal(rolloutOf(workload('StatefulSet', spec, updated)).state, 'current');
  });

  it('does not wait where pods change only when they are deleted', () => {
    const spec = { replicas: 3, updateStrategy: { type: 'OnDelete' } };
    assert.equal(rolloutOf(workload('StatefulSet', spec, revisions)).state, 'current');
  });
});

describe('A pod', () => {
  const pod = (status: Pod['status']): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x' },
    ...(status ? { status } : {}),
  });
  const waiting = (reason: string, restartCount = 0): Pod =>
    pod({
      phase: 'Pending',
      containerStatuses: [{ name: 'web', restartCount, state: { waiting: { reason, message: 'm' } } }],
    });

  it('is ready by its condition, and not any more when it is being deleted', () => {
    const ready = pod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
    assert.equal(isPodReady(ready), true);
    assert.equal(isPodReady({ ...ready, metadata: { name: 'x', deletionTimestamp: 'now' } }), false);
    assert.equal(isPodReady(pod({ phase: 'Running' })), false);
  });

  it('is in trouble where waiting does not help', () => {
    assert.equal(podTrouble(waiting('ImagePullBackOff')), 'ImagePullBackOff in container web: m');
    assert.match(podTrouble(waiting('CrashLoopBackOff', 2)) ?? '', /CrashLoopBackOff/);
    assert.match(podTrouble(pod({ phase: 'Failed', reason: 'Evicted' })) ?? '', /Evicted/);
  });

  it('is not in trouble while it starts, pulls a second time or crashed once', () => {
    for (const fine of [waiting('ContainerCreating'), waiting('ErrImagePull'), waiting('CrashLoopBackOff', 1)])
      assert.equal(podTrouble(fine), undefined);
  });
});

describe('A custom resource definition', () => {
  const definition = (
    ...conditions: { type: string; status: string; message?: string }[]
  ): Parameters<typeof notEstablished>[0] => ({
    apiVersion: 'x',
    kind: 'x',
    metadata: { name: 'x' },
    status: { conditions },
  });

  it('is usable by its condition Established', () => {
    assert.equal(notEstablished(definition({ type: 'Established', status: 'True' })), undefined);
    assert.equal(notEstablished(undefined), 'not there yet');
    assert.equal(notEstablished(definition()), 'not established yet');
  });

  it('is not usable while it is being deleted or its names are taken', () => {
    const established = { type: 'Established', status: 'True' };
    assert.equal(notEstablished(definition(established, { type: 'Terminating', status: 'True' })), 'is being deleted');
    const taken = { type: 'NamesAccepted', status: 'False', message: 'taken' };
    assert.equal(notEstablished(definition(taken)), 'names not accepted: taken');
  });
});
