/** Where what was fetched is kept from run to run: outside of every checkout. */
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** `KEYLESS_PODS_CACHE`, else `keyless-pods` in the user's cache. */
export function cacheDirectory(): string {
  const { KEYLESS_PODS_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  if (own) return own;
  // An empty variable counts as not set.
  if (shared) return path.join(shared, 'keyless-pods');
  return path.join(homedir(), '.cache', 'keyless-pods');
}
