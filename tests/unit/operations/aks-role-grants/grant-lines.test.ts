import assert from 'node:assert/strict';
import { parseGrantLines } from '../../../../src/operations/aks-role-grants/grant-lines.ts';

function parse(...texts: readonly string[]): { grants: ReturnType<typeof parseGrantLines>; problems: string[] } {
  const problems: string[] = [];
  const lines = texts.map((text, index) => ({ text, line: index + 1 }));
  const grants = parseGrantLines(lines, (problem) => {
    problems.push(problem);
  });
  return { grants, problems };
}

describe('the lines of grants', () => {
  it('give a condition and a description to the grant above them, whatever signs they hold', () => {
    const condition = "@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'a' || @x: y";
    const { grants, problems } = parse(
      'Reader @ {cluster}',
      `Condition: ${condition}`,
      'description: read: by @ops',
      'Reader @ {identity}',
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(grants, [
      { role: 'Reader', scope: '{cluster}', condition, description: 'read: by @ops' },
      { role: 'Reader', scope: '{identity}' },
    ]);
  });

  it('are refused where they add to nothing, add nothing, or add twice', () => {
    const { problems } = parse(
      'condition: a',
      'Reader @ {cluster}',
      'description:',
      'condition: a',
      'condition: b',
      'Reader',
    );
    assert.deepEqual(
      problems.map((problem) => problem.split('; allowed: ')[1]),
      [
        'a condition below the grant that it belongs to',
        'a text after "description:"',
        'one condition for each grant',
        'Role name or id @ scope',
      ],
    );
    assert.match(problems[0]!, /^line 1 is "condition: a"/);
  });

  it('name a scope that leads nowhere else than it says', () => {
    const good = ['/', '/subscriptions/s', '{cluster}', '{cluster}/', '{subscription}/resourceGroups/a b'];
    assert.deepEqual(parse(...good.map((scope) => `Reader @ ${scope}`)).problems, []);
    const bad = [
      '/a/..',
      '{cluster}/../x',
      '/a//b',
      '/a?b',
      '/a#b',
      '/a%2Fb',
      '/a\\b',
      '/a\u0007b',
      '{cluster',
      '/a{cluster}',
    ];
    const { grants, problems } = parse(...bad.map((scope) => `Reader @ ${scope}`));
    assert.deepEqual(grants, []);
    assert.equal(problems.length, bad.length);
  });
});
