/** `npm run new-task -- KeyVaultReport "Report on a Key Vault"`: the files of a new task, ready to be filled. */
import { repositoryRoot } from './build/project.ts';
import { createTask } from './new-task/create-task.ts';

const [name, friendlyName] = process.argv.slice(2);
if (name === undefined) {
  console.error('usage: npm run new-task -- Name "Friendly name"');
  process.exitCode = 2;
} else {
  const files = await createTask(repositoryRoot, { name, friendlyName: friendlyName ?? name });
  for (const file of files) console.log(file);
  console.log('Next: "How to add a task" in CONTRIBUTING.md, from step 2.');
}
