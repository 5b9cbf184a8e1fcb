import assert from 'node:assert/strict';
import { projectVersion, taskVersion } from '../../scripts/build/project.ts';
import { describedTasks, readText } from './project.ts';

describe('the version', () => {
  const version = projectVersion();

  it('of the extension is that of package.json', () => {
    assert.equal((JSON.parse(readText('vss-extension.json')) as { version: string }).version, version);
  });

  it('of the lock file is that of package.json', () => {
    assert.equal((JSON.parse(readText('package-lock.json')) as { version: string }).version, version);
  });

  for (const { reference, folder, description } of describedTasks()) {
    it(`of ${reference} follows from package.json`, () => {
      const major = Number(/V(?<major>\d+)$/.exec(folder)?.groups?.['major']);
      assert.deepEqual(description.version, taskVersion(version, major));
    });
  }

  it('of a task rises with every version of the project', () => {
    const project = ['0.1.0', '0.1.1', '0.2.0', '0.99.0', '1.0.0', '1.0.1', '2.0.0'];
    const numbers = project.map((each) => taskVersion(each, 1)).map(({ Minor, Patch }) => Minor * 1000 + Patch);
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
    assert.equal(new Set(numbers).size, numbers.length);
  });

  it('that could not rise is refused', () => {
    assert.throws(() => taskVersion('1.100.0', 1), /minor below 100/);
    assert.throws(() => taskVersion('1.0', 1), /not of the form/);
  });
});
