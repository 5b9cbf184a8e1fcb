import type { Toolset } from './pod.ts';
import { findProgram } from './pod.ts';

/** Names of the containers that the script is tried in. Kinds: what the tool can show of an error. */
export const containers = [
  { name: 'dash and curl', shell: 'dash', tools: ['curl', 'sha256sum'], shows: 'everything' },
  { name: 'bash and curl', shell: 'bash', tools: ['curl', 'openssl'], shows: 'everything' },
  { name: 'dash and GNU wget', shell: 'dash', tools: ['wget', 'rm', 'sha256sum'], shows: 'everything' },
  { name: 'bash and GNU wget', shell: 'bash', tools: ['wget', 'rm', 'openssl'], shows: 'everything' },
  { name: 'BusyBox', shell: 'busybox ash', tools: ['wget', 'rm', 'sha256sum', 'timeout', 'true'], shows: 'status' },
] as const;

export type Container = (typeof containers)[number];

/** The container with this machine's programs, or what is missing here. */
export function toolsetOf({ name, shell, tools }: Container): Toolset | string {
  const [first = '', ...rest] = shell.split(' ');
  const program = findProgram(first);
  if (program === undefined) return `there is no ${first} on this machine`;
  const busybox = first === 'busybox';
  const found = tools.map((tool) => [tool, busybox ? `${program} ${tool}` : findProgram(tool)] as const);
  const missing = found.find(([, file]) => file === undefined);
  if (missing) return `there is no ${missing[0]} on this machine`;
  const programs = Object.fromEntries(found.map(([tool, file]) => [tool, file ?? '']));
  return { name, shell: [program, ...rest].join(' '), programs };
}
