import assert from 'node:assert/strict';
import type { ClusterLine } from '../../../../src/azure/fleet/cluster-line.ts';
import { parseClusterLines } from '../../../../src/azure/fleet/cluster-line.ts';

function parse(text: string): { readonly found: readonly ClusterLine[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const lines = text.split('\n').map((each, index) => ({ text: each.trim(), line: index + 1 }));
  const found = parseClusterLines(lines, (problem) => problems.push(problem));
  return { found, problems };
}

describe('a line of the input clusters', () => {
  it('names a cluster by its group and name, or by its id', () => {
    const id = '/subscriptions/1/resourcegroups/rg/providers/microsoft.containerservice/managedclusters/aks';
    assert.deepEqual(parse(`rg_(1).x/aks-1\n${id}`), {
      found: [
        { by: 'name', resourceGroup: 'rg_(1).x', clusterName: 'aks-1' },
        { by: 'id', subscriptionId: '1', resourceGroup: 'rg', clusterName: 'aks' },
      ],
      problems: [],
    });
  });

  it('names all clusters of a group', () => {
    assert.deepEqual(parse('rg/*').found, [{ by: 'group', resourceGroup: 'rg' }]);
  });

  it('begins a query, which the lines below it belong to until the next entry', () => {
    const text =
      "query: resources\n| where type =~ 'x/y'\n  and name == 'a'\n| project id\nrg/aks\nQuery:\nresources | limit 1";
    assert.deepEqual(parse(text), {
      found: [
        { by: 'query', query: "resources\n| where type =~ 'x/y'\nand name == 'a'\n| project id" },
        { by: 'name', resourceGroup: 'rg', clusterName: 'aks' },
        { by: 'query', query: 'resources | limit 1' },
      ],
      problems: [],
    });
  });

  const wrong: readonly string[] = [
    'aks',
    'rg/aks/more',
    'rg./aks',
    'rg/-aks',
    'rg/**',
    '*/aks',
    '$(group)/aks',
    '/subscriptions/1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv',
    '| where x',
  ];
  for (const text of wrong) {
    it(`is refused as "${text}"`, () => {
      const { found, problems } = parse(`rg/aks\n${text}`);
      assert.equal(found.length, 1);
      assert.match(problems[0]!, /^line 2 is ".*"; allowed: resourceGroup\/cluster, resourceGroup\/\*/);
    });
  }

  it('is refused as a query without words', () => {
    assert.deepEqual(parse('query:').problems, ['has "query:" without a query']);
  });
});
