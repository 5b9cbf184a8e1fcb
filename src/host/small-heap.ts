/**
 * Lets V8 collect garbage early in place of taking more memory from the machine. Of a thousand clusters some 15 MB are
 * alive at any time, but on Node 24 the process grew to 240 MB, because V8 sees no need to collect on a large machine;
 * so it stays below 100. An agent starts tasks without flags of Node; this one only guides how the heap grows, and V8
 * looks at it whenever it decides about that.
 */
export async function keepHeapSmall(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--optimize-for-size');
}
