/** Which files a built extension may hold, and what none of them may contain. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const expected: readonly RegExp[] = [
  /^vss-extension\.json$/,
  /^overview\.md$/,
  /^CHANGELOG\.md$/,
  /^LICENSE\.txt$/,
  /^THIRD-PARTY-NOTICES\.txt$/,
  /^images\/[a-z0-9-]+\.png$/,
  /^tasks\/(?<task>[A-Za-z0-9]+)\/\k<task>V\d+\/(index\.js|part-[A-Z0-9]+\.js|task\.json|package\.json|icon\.png)$/,
];

/** What a key, a token or a password looks like once it is written down. */
const secrets: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\n|\s)*[A-Za-z0-9+/]{40}/],
  ['a signed token', /\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}/],
  ['a registry password', /^\s*\/\/\S+:_(authToken|password)\s*=/m],
  ['an Azure client secret', /\b[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,34}/],
  ['a storage account key', /AccountKey=[A-Za-z0-9+/]{40}/],
];

/** Relative paths with `/`, sorted. */
export function listFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return files.map((file) => file.split(path.sep).join('/')).sort();
}

/** @param machinePaths folders of the machine that builds, which nothing shipped may mention */
export function fileProblems(folder: string, machinePaths: readonly string[]): string[] {
  return listFiles(folder).flatMap((file) => {
    const unexpected = expected.some((pattern) => pattern.test(file)) ? [] : [`${file} is not expected in the package`];
    return [...unexpected, ...contentProblems(file, readFileSync(path.join(folder, file), 'latin1'), machinePaths)];
  });
}

function contentProblems(file: string, content: string, machinePaths: readonly string[]): string[] {
  const found = secrets
    .filter(([, pattern]) => pattern.test(content))
    .map(([what]) => `${file} contains what looks like ${what}`);
  const paths = machinePaths.filter((machinePath) => content.includes(machinePath));
  return [...found, ...paths.map((machinePath) => `${file} mentions ${machinePath} of this machine`)];
}
