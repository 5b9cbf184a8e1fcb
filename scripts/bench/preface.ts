/** What stands above the figures in docs/performance.md. */
export const preface: readonly string[] = [
  '# Performance',
  '',
  'Written by `npm run bench -- --write` (`--only <section>` measures one section): packaged tasks as an agent runs them,',
  "behind the sandbox's proxy. Absolute times belong to the machine of that run; ratios are what to compare.",
  '',
  '- **wall less bare node**: from start to end of the task, less an empty task run by the same agent',
  '- **allowed**: 1.2 x the round trips that cannot be spared x the latency of every answer, and 1.5 bare node starts; waits',
  '  for the cluster are not in it',
  '- **ratio**: wall less bare node over what is allowed',
  '- **first request / bare node**: when the first server was asked (the proxy, by CONNECT), in starts of an empty task',
  '- **first handshake**: from there until the first request arrived inside TLS',
  '- **depth**: the longest chain of requests of which each began after the one before was answered',
  '',
];
