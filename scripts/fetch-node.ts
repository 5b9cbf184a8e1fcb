/** Fetches the Node binaries of the agents into the cache: `node --import tsx scripts/fetch-node.ts [20] [24]`. */
import process from 'node:process';
import { fetchNode, type NodeMajor } from '../sandbox/agent/index.ts';

const known: readonly NodeMajor[] = [20, 24];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.map(String).includes(name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const major of known.filter((candidate) => wanted.length === 0 || wanted.includes(String(candidate)))) {
    console.log(`Node ${String(major)}: ${await fetchNode(major)}`);
  }
}
