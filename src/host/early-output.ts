/**
 * task-lib tells of every value that it reads, some fifty lines before the first request, and each would be a write of
 * its own that Node waits for. They go out together, in their order, right after the first request has.
 */
process.stdout.cork();

let held = true;

function release(): void {
  if (held) process.stdout.uncork();
  held = false;
}

setImmediate(release);
// A task that ends before that, too, has said everything.
process.once('exit', release);
