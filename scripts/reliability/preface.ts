/** What stands above the table in docs/reliability.md. */
export function preface(passed: number): string {
  return `# Reliability

Written by \`npm run reliability -- --write\`: every fault strikes every request of the tasks that write in Azure, one
request of one run at a time, against the sandbox. ${String(passed)} cells, and in each of them:

- this run converges in spite of the fault, or it fails and the next one does
- Azure then is as an undisturbed run leaves it: nothing doubled, nothing of others lost; in between there is nothing that
  stands neither before nor after
- an error has a code, names the step and says what next
- after a run that succeeded the next one finds nothing to do
- no secret is in what the runs printed and reported, unmasked

| cell | meaning |
| --- | --- |
| this run | the run succeeded: it waited, asked again or found it done |
| next run, CODE | the run failed with this code, and the next one went on from there |
| next run | the process was killed, or ended by the agent, before it could say anything |
| no such case | why this fault cannot strike this request |

"In every try" means that the fault strikes the request as often as the run sends it. Runs are those of
\`src/host/run-operation.ts\` with a clock that leaps over pauses; where the process itself is struck (signals, kill,
time-out), it is the packaged task. Requests are sent again by \`src/azure/patience\`.

## The table
`;
}
