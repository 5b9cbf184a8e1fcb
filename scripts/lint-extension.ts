/** Checks a built extension beyond what tfx does: `node --import tsx scripts/lint-extension.ts [folder]`. */
import path from 'node:path';
import { repositoryRoot } from './build/project.ts';
import { lintExtension } from './lint-extension/lint.ts';

const problems = lintExtension(path.resolve(process.argv[2] ?? path.join(repositoryRoot, 'dist/extension')));
for (const problem of problems) console.error(`ERROR ${problem}`);
console.log(problems.length === 0 ? 'The extension is well-formed.' : `${String(problems.length)} problems`);
if (problems.length > 0) process.exitCode = 1;
