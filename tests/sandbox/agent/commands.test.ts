import assert from 'node:assert/strict';
import { parseCommand } from '../../../sandbox/agent/command.ts';
import { probe } from './probe.ts';

const say = (line: string): string => `console.log(${JSON.stringify(line)});`;
const warnings = (run: { issues: readonly { type: string; message: string }[] }): string[] =>
  run.issues.filter(({ type }) => type === 'warning').map(({ message }) => message);

describe('agent: commands', () => {
  it('finds a command in the middle of a line and unescapes it', () => {
    assert.deepEqual(parseCommand('text ##vso[Task.SetVariable Variable=a%3Bb%5D;x=1=2;empty=;]50%AZP253B%0A[x]'), {
      area: 'task',
      event: 'setvariable',
      properties: { variable: 'a;b]', x: '1=2' },
      data: '50%3B\n[x]',
    });
  });

  it('takes no line without a bracket, with one name part or with three for a command', () => {
    for (const line of ['##vso[task.debug', '##vso[task]x', '##vso[a.b.c]x', '## vso[task.debug]x'])
      assert.equal(parseCommand(line), undefined);
  });

  it('reads commands on stderr too, and shows none of them', async () => {
    const run = await probe(`process.stderr.write('x ##vso[task.logissue type=error]from stderr\\n')`);
    assert.deepEqual(
      run.issues.map(({ message }) => message),
      ['from stderr'],
    );
    assert.equal(run.log.at(-1), '##[error]from stderr');
    assert.equal(run.result, 'Succeeded');
  });

  it('warns about a line that only looks like a command', async () => {
    const run = await probe(say('##vso[nothing]here'));
    assert.match(warnings(run)[0] ?? '', /not a legal command/);
    assert.ok(run.log.includes('##vso[nothing]here'));
  });

  it('fails the step when a command goes wrong', async () => {
    for (const line of [
      '##vso[task.setvariable]x',
      '##vso[task.complete result=Fine]',
      '##vso[task.nonsense]',
      '##vso[artifact.upload]x',
    ]) {
      assert.equal((await probe(say(line))).result, 'Failed', line);
    }
  });

  it('only warns about an area that it does not know', async () => {
    const run = await probe(say('##vso[nobody.knows]x'));
    assert.equal(run.result, 'Succeeded');
    assert.match(warnings(run)[0] ?? '', /Can't find command extension/);
  });

  it('keeps ten errors and ten warnings, and logs all', async () => {
    const run = await probe(`for (let i = 0; i < 12; i++) { tl.error('e' + i); tl.warning('w' + i); }`);
    assert.equal(run.issues.length, 20);
    assert.equal(run.log.filter((line) => line.startsWith('##[')).length, 24);
  });

  it('names an output by its step only, whether the command or task.json says so', async () => {
    const run = await probe(
      `tl.setVariable('a', '1', false, true); tl.setVariable('listed', '2'); tl.setVariable('plain', '3');`,
    );
    assert.deepEqual(run.outputVariables, { a: '1', listed: '2' });
    assert.deepEqual(run.variables, { plain: '3' });
  });

  it('refuses a secret of several lines', async () => {
    const run = await probe(say('##vso[task.setvariable variable=s;issecret=true]one%0Atwo'));
    assert.equal(run.result, 'Failed');
    assert.ok(run.issues.some(({ message }) => message === 'Secrets cannot contain multiple lines'));
  });

  it('merges results to the worst', async () => {
    const run = await probe(
      say('##vso[task.complete result=SucceededWithIssues]') + say('##vso[task.complete result=Succeeded]'),
    );
    assert.equal(run.result, 'SucceededWithIssues');
  });

  it('reads an attachment when the process has ended, not before', async () => {
    const run =
      await probe(`const fs = require('fs'), f = tl.getVariable('Agent.TempDirectory') + '/a.txt', g = f + 'b';
      fs.writeFileSync(f, 'early'); fs.writeFileSync(g, 'x'); tl.addAttachment('kind', 'name', f); tl.addAttachment('kind', 'gone', g);
      await new Promise((r) => setTimeout(r, 100)); fs.writeFileSync(f, 'late'); fs.unlinkSync(g);`);
    assert.deepEqual(
      run.attachments.map(({ type, name, content }) => [type, name, content.toString()]),
      [['kind', 'name', 'late']],
    );
    assert.equal(run.lostAttachments.length, 1);
    assert.equal(run.result, 'Succeeded');
  });

  it('fails an attachment of a file that is not there', async () => {
    assert.equal((await probe(say('##vso[task.addattachment type=a;name=b]/nowhere'))).result, 'Failed');
  });

  it('makes a refused command one warning under target: commands: restricted', async () => {
    const run = await probe(
      `require('fs').writeFileSync(process.env.AGENT_TEMPDIRECTORY + '/a', 'x'); tl.addAttachment('t', 'n', process.env.AGENT_TEMPDIRECTORY + '/a'); tl.setVariable('a', '1');`,
      {
        restrictions: { commands: 'restricted' },
      },
    );
    assert.equal(run.result, 'Succeeded');
    assert.match(warnings(run).join('|'), /^##vso\[task.addattachment\] is not allowed in this step/);
    assert.deepEqual(run.attachments, []);
    assert.deepEqual(run.variables, { a: '1' });
  });

  it('sets only the variables that the step lists', async () => {
    const run = await probe(`tl.setVariable('okFine', '1'); tl.setVariable('bad', '2');`, {
      restrictions: { settableVariables: ['ok*'] },
    });
    assert.deepEqual(run.variables, { okFine: '1' });
    assert.match(warnings(run).join('|'), /^Setting variable 'bad' has been disabled/);
    const none = await probe(`tl.setVariable('okFine', '1');`, { restrictions: { settableVariables: [] } });
    assert.deepEqual(none.variables, {});
  });
});
