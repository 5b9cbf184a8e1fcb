import assert from 'node:assert/strict';
import { kinds } from '../../../../src/kube/kinds.ts';
import { podTemplateOf, templatePatch } from '../../../../src/kube/pod-template.ts';
import type { Workload } from '../../../../src/kube/shapes.ts';
import { chartValues, gitOpsWarnings } from '../../../../src/operations/pod-identity-bind/managers.ts';

const web = (metadata: Partial<Workload['metadata']>): { kind: typeof kinds.deployment; object: Workload } => ({
  kind: kinds.deployment,
  object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata } },
});

describe('A workload that another tool manages', () => {
  const marks: readonly (readonly [string, Partial<Workload['metadata']>, RegExp | undefined])[] = [
    ['an Argo CD annotation', { annotations: { 'argocd.argoproj.io/tracking-id': 'app' } }, /^Argo CD manages/],
    ['an Argo CD label', { labels: { 'argocd.argoproj.io/instance': 'app' } }, /^Argo CD manages/],
    ['a Flux Kustomization', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, /^Flux manages/],
    ['a Flux HelmRelease', { labels: { 'helm.toolkit.fluxcd.io/name': 'web' } }, /^Flux manages/],
    ['nothing of that kind', { labels: { 'app.kubernetes.io/instance': 'web' } }, undefined],
  ];
  for (const [what, metadata, message] of marks)
    it(`by ${what} is ${message ? 'warned about, with what to write where' : 'nothing to warn about'}`, () => {
      const warnings = gitOpsWarnings([web(metadata)], 'my-selector');
      assert.equal(warnings.length, message ? 1 : 0);
      if (!message) return;
      assert.equal(warnings[0]?.code, 'POD016');
      assert.match(warnings[0].message, message);
      assert.match(warnings[0].fix, /aadpodidbinding: my-selector/);
    });

  it('by Helm gets the values that keep the label in the chart', () => {
    const values = chartValues([web({ annotations: { 'meta.helm.sh/release-name': 'shop' } })], 'my-selector');
    assert.match(values ?? '', /release shop\..*\n {2}podLabels:\n {4}aadpodidbinding: my-selector$/);
    assert.equal(chartValues([web({})], 'my-selector'), undefined);
  });
});

describe('The pod template of a workload', () => {
  const labels = { app: 'report' };
  const template = { metadata: { labels } };
  const metadata = { name: 'report' };

  it('is found and patched where its kind has it', () => {
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata,
      spec: { jobTemplate: { spec: { template } } },
    } as unknown as Workload;
    assert.deepEqual(podTemplateOf(kinds.cronJob, cronJob).metadata?.labels, labels);
    assert.deepEqual(templatePatch(kinds.cronJob, { labels: { a: 'b' } }), {
      spec: { jobTemplate: { spec: { template: { metadata: { labels: { a: 'b' } } } } } },
    });
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template } } as Workload;
    assert.deepEqual(podTemplateOf(kinds.deployment, deployment).metadata?.labels, labels);
    assert.deepEqual(templatePatch(kinds.deployment, {}), { spec: { template: { metadata: {} } } });
  });
});
