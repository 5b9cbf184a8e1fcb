/** What stands above the tables in docs/reliability.md. */
export function preface(passed: number): string {
  return `# Reliability

What happens when something goes wrong at the worst moment. Every fault strikes every request of the tasks that write in
Azure, one request of one run at a time, with \`apply\` and with \`remove\`, against the sandbox. In each of ${String(passed)} cases:

- the run gets over the fault, or it fails and the next run gets to the end
- Azure then is as a run leaves it that nobody disturbs: nothing is there twice, and nothing of others is lost
- in between there is nothing that stands neither before nor after
- an error has a code, names the step and says what to do next
- after a run that succeeded, the next one finds nothing to do
- no secret is in what the runs printed and reported, not even unmasked

| cell | meaning |
| --- | --- |
| ok | the run succeeded: it waited, asked again, or found it done |
| a code | the run failed with this code, and the next one went on from there |
| ended | the process was gone before it could say anything, and the next run went on from there |
| - | this fault cannot strike this request; the reasons stand at the end |

"In every try" means that the fault strikes the request as often as the run sends it; otherwise it strikes once. Where
\`apply\` and \`remove\` end differently, the cell says both. Requests are sent again by \`src/azure/patience\`.

This page is written by \`npm run reliability -- --write\`. Runs are those of \`src/host/run-operation.ts\`, with a clock that
leaps over pauses; where the process itself is struck (signals, kill, time-out), it is the packaged task.
`;
}
