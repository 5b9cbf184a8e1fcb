/** The layers of docs/architecture.md as a failing check: a layer imports only what stands below it. */
const layers = {
  runtime: [],
  diagnostics: ['runtime'],
  engine: ['runtime', 'diagnostics'],
  inputs: ['runtime', 'diagnostics', 'engine'],
  azure: ['runtime', 'diagnostics', 'engine'],
  kube: ['runtime', 'diagnostics', 'engine', 'azure'],
  resources: ['runtime', 'diagnostics', 'engine', 'azure', 'kube'],
  checks: ['runtime', 'diagnostics', 'engine', 'azure', 'kube'],
  operations: ['runtime', 'diagnostics', 'engine', 'inputs', 'azure', 'kube', 'resources', 'checks'],
  report: ['runtime', 'diagnostics', 'engine'],
  host: ['runtime', 'diagnostics', 'engine', 'inputs', 'azure', 'operations', 'report'],
};

const layerRules = Object.entries(layers).map(([layer, below]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import only: ${[layer, ...below].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^(src|tasks|sandbox|tests|web|scripts)/', pathNot: `^src/(${[layer, ...below].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'no-cycles',
      comment: 'types may name one another: nothing is loaded for them',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'operations-stand-alone',
      comment: 'operations never import each other; what two need lives below them, in src/operations/shared',
      severity: 'error',
      from: { path: '^src/operations/([^/]+)/' },
      to: { path: '^src/operations/([^/]+)/', pathNot: ['^src/operations/$1/', '^src/operations/shared/'] },
    },
    {
      name: 'task-lib-only-in-host',
      severity: 'error',
      from: { path: '^(src|tasks)/', pathNot: '^src/host/' },
      to: { path: 'node_modules/azure-pipelines-task-lib' },
    },
    {
      name: 'azure-sdk-only-in-azure-and-resources',
      severity: 'error',
      from: { path: '^src/(runtime|diagnostics|engine|inputs|report|host|operations)/' },
      to: { path: 'node_modules/@azure', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'shipped-code-imports-no-sandbox',
      severity: 'error',
      from: { path: '^(src|tasks|web)/' },
      to: { path: '^(sandbox|tests|scripts)/' },
    },
    {
      name: 'sandbox-imports-no-product',
      comment: 'the sandbox judges the tasks, so it shares no code with them',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(src|tasks)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
