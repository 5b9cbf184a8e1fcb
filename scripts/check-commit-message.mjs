/** The commit-msg hook: a subject of at most 50 characters, imperative, no period; then a blank line. */
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: check-commit-message.mjs FILE');
const [subject = '', second = ''] = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => !line.startsWith('#'));

const rules = [
  [subject.trim() !== '', 'the subject is empty'],
  [subject.length <= 50, `the subject has ${subject.length} characters, more than 50`],
  [!/[.!]$/.test(subject), 'the subject ends with punctuation'],
  [/^[A-Z]/.test(subject), 'the subject starts with a capital letter'],
  [
    !/^(\w+ed|\w+ing|\w+s) /.test(subject) || /^(Address|Process|Pass|Bring|Need|Feed|Embed) /.test(subject),
    'the subject is imperative: "Add", not "Added" or "Adds"',
  ],
  [second.trim() === '', 'the second line is blank'],
];

const broken = rules.filter(([holds]) => !holds).map(([, rule]) => rule);
for (const rule of broken) console.error(`Commit message: ${rule}. Is: "${subject}"`);
if (broken.length > 0) process.exitCode = 1;
