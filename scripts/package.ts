/** `npm run package`: builds, checks and packs the extension into dist/<publisher>.<extension>-<version>.vsix. */
import path from 'node:path';
import { sizeTable } from './build/budget.ts';
import { repositoryRoot } from './build/project.ts';
import { packageExtension } from './package/package-extension.ts';

const { built, problems, file, bytes } = await packageExtension(repositoryRoot);
console.log(sizeTable(built));
for (const problem of problems) console.error(`ERROR ${problem}`);
if (file === undefined) process.exitCode = 1;
else console.log(`${path.relative(process.cwd(), file)} (${(bytes / 1000).toFixed(0)} kB)`);
