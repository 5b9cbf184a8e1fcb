/** The directories of a job below the agent's work folder. */
import path from 'node:path';

export interface Folders {
  readonly work: string;
  readonly temp: string;
  readonly tools: string;
  readonly sources: string;
  readonly artifacts: string;
  readonly binaries: string;
  /** System.DefaultWorkingDirectory: the sources of a build, the artifacts of a classic release. */
  readonly workingDirectory: string;
}

/** @param content Stands in for what a build checks out or a release downloads: used where it is, not copied. */
export function foldersOf(workFolder: string, host: 'build' | 'release', content?: string): Folders {
  const work = path.resolve(workFolder);
  const job = path.join(work, host === 'release' ? 'r1' : '1');
  const given = content === undefined ? undefined : path.resolve(content);
  const sources = (host === 'build' ? given : undefined) ?? path.join(job, 's');
  const artifacts = (host === 'release' ? given : undefined) ?? path.join(job, 'a');
  return {
    work,
    temp: path.join(work, '_temp'),
    tools: path.join(work, '_tool'),
    sources,
    artifacts,
    binaries: path.join(job, 'b'),
    workingDirectory: host === 'release' ? artifacts : sources,
  };
}
