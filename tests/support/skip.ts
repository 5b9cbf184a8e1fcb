/** Skips a test in the open: `npm test` prints every skip with its reason before its last line. */
import { appendFileSync } from 'node:fs';
import type { Context } from 'mocha';

/**
 * Call it in a test, or in a `before` hook for a whole suite, where something that the test needs is not on this machine.
 *
 * @param context mocha's `this`
 * @param reason what is missing, e.g. "there is no kubectl on this machine"
 */
export function skipLoudly(context: Context, reason: string): never {
  const runnable = context.test;
  // mocha's types do not tell that a hook says so
  const isHook = (runnable as { readonly type?: string } | undefined)?.type === 'hook';
  const title = isHook ? runnable?.parent?.fullTitle() : runnable?.fullTitle();
  const line = JSON.stringify({ title: title ?? 'a test', reason });
  const file = process.env['KEYLESS_PODS_SKIPS'];
  if (file === undefined) process.stderr.write(`!! SKIPPED ${line}\n`);
  else appendFileSync(file, `${line}\n`);
  return context.skip();
}
