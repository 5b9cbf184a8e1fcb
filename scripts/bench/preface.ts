/** What stands above the figures in docs/performance.md. */
export const preface: readonly string[] = [
  '# Performance',
  '',
  "Written by `npm run bench -- --write`: the article's pipeline, twice in a row, with the packaged tasks as an agent runs",
  "them, behind the sandbox's proxy. Absolute times belong to the machine of that run; ratios are what to compare.",
  '',
  '- **wall less bare node**: from start to end of the task, less an empty task run by the same agent',
  '- **bound**: the round trips that cannot be spared x the latency of every answer; waits for the cluster are not in it',
  '- **ratio**: wall less bare node over the bound; what is above 1 is loading code, TLS handshakes, and trips too many',
  '- **first request / bare node**: when the first server was asked, in starts of an empty task',
  '- **depth**: the longest chain of requests of which each began after the one before was answered',
  '',
];
