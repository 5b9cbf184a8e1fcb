import assert from 'node:assert/strict';
import { InputReader, rules } from '../../../src/inputs/input-reader.ts';

function reader(values: Readonly<Record<string, string>>): InputReader<string> {
  return new InputReader((name) => values[name]);
}

describe('InputReader', () => {
  it('reports every problem together and names input, value and what is allowed', () => {
    const read = reader({ mode: 'destroy', minutes: 'soon', group: 'a/b', flag: 'yes' });
    read.required('missing');
    read.oneOf('mode', ['apply', 'preview']);
    read.minutes('minutes', 5, { least: 1, most: 60 });
    read.required('group', rules.resourceGroup);
    read.boolean('flag');
    assert.throws(
      () => {
        read.failIfProblems();
      },
      (error: Error) => {
        const lines = error.message.split('\n');
        assert.equal(lines[0], '5 problems with the inputs:');
        assert.match(lines[1]!, /missing is empty, but it is required/);
        assert.match(lines[2]!, /mode is "destroy"; allowed: apply or preview/);
        assert.match(lines[3]!, /minutes is "soon"; allowed: 1 to 60 minutes/);
        assert.match(lines[4]!, /group is "a\/b"; allowed: 1 to 90/);
        assert.match(lines[5]!, /flag is "yes"; allowed: true or false/);
        return true;
      },
    );
  });

  it('refuses a variable that the agent did not know', () => {
    const read = reader({ group: '$(resourceGroup)' });
    read.required('group');
    assert.throws(() => {
      read.failIfProblems();
    }, /\$\(resourceGroup\) is not\)/);
  });

  it('trims, forgives letter case of choices and fills in defaults', () => {
    const read = reader({ group: '  rg-1 ', mode: 'PREVIEW' });
    assert.equal(read.required('group', rules.resourceGroup), 'rg-1');
    assert.equal(read.oneOf('mode', ['apply', 'preview']), 'preview');
    assert.equal(read.withDefault('identity', 'kubelet'), 'kubelet');
    assert.equal(read.minutes('timeout', 5, { least: 1, most: 60 }), 300_000);
    read.failIfProblems();
  });

  it('reads lines with their numbers, without comments and empty ones', () => {
    const read = reader({ grants: 'Reader @ /a\n\n# no\n  Owner @ /b  ' });
    assert.deepEqual(read.lines('grants'), [
      { text: 'Reader @ /a', line: 1 },
      { text: 'Owner @ /b', line: 4 },
    ]);
  });

  it('accepts the names of the article and refuses the impossible', () => {
    assert.equal(rules.resourceGroup('_rg-aks-p-we-001'), undefined);
    assert.equal(rules.clusterName('aks-p-we-001'), undefined);
    assert.notEqual(rules.resourceGroup('ends.with.'), undefined);
    assert.notEqual(rules.clusterName('-x'), undefined);
    assert.notEqual(rules.namespace('Default'), undefined);
    assert.notEqual(rules.secretName('a/b'), undefined);
  });
});
