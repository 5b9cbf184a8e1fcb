/** Plain JavaScript, because `npm start` needs it before anything is installed. */
import process from 'node:process';

/**
 * Resolves when the shell through which npm started this process has gone. npm hands a SIGTERM on to that shell only,
 * which dies and leaves its child behind: without this a harness that stops npm would leave a sandbox running.
 *
 * @returns {Promise<void>} never resolves where npm did not start the process
 */
export function orphaned() {
  const parent = process.ppid;
  return new Promise((resolve) => {
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      resolve();
    }, 500);
    timer.unref();
  });
}
