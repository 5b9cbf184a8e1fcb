/** `npm run build`: bundles every task into dist/extension and fails when a bundle is too large or holds something twice. */
import path from 'node:path';
import { buildExtension } from './build/build-extension.ts';
import { sizeTable } from './build/budget.ts';
import { repositoryRoot } from './build/project.ts';

const { built, problems, folder } = await buildExtension(repositoryRoot);
console.log(sizeTable(built));
for (const problem of problems) console.error(`ERROR ${problem}`);
console.log(`${String(built.length)} tasks in ${path.relative(process.cwd(), folder)}`);
if (problems.length > 0) process.exitCode = 1;
