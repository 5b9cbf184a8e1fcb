import type { Pod } from '../../../kube/shapes.ts';
import type { LogFact } from '../facts.ts';
import { lastErrorOf, textOf } from '../log-lines.ts';
import type { DoctorRule, Finding } from '../rule.ts';
import { failed, passed, rule, warned } from '../rule.ts';
import { worksNow } from './assignment.ts';

/** MIC's log is read where an assignment is missing: it alone knows what Azure said. */
export const micLogRule: DoctorRule = rule({
  link: 'micLog',
  title: 'MIC gets what it asks Azure for',
  follows: ['definitions', 'azureIdentity', 'rights', 'exceptions', 'mic', 'roles'],
  needs: ['micLog'],
  uses: ['pods', 'assigned'],
  judge: ({ micLog }, looked) => {
    if (!micLog) return { status: 'skipped', because: 'no pod of MIC runs' };
    const said = lastErrorOf(micLog.lines);
    if (said === undefined || worksNow(looked)) return passed('no error in the last lines of its log');
    return micError(said) ?? passed('no error of Azure in the last lines of its log');
  },
});

function micError(said: string): Finding | undefined {
  const detail = `MIC: ${said}`;
  if (/client throttled|StatusCode=429|TooManyRequests/i.test(said)) {
    return failed('DOC033', { message: 'Azure throttles MIC.', detail });
  }
  if (said.includes('FailedIdentityOperation')) {
    const id = /userAssignedIdentities\/([\w-]+)/i.exec(said)?.[1] ?? 'an identity';
    return failed('DOC034', { message: `Azure refuses the change of the scale set because of ${id}.`, detail });
  }
  if (said.includes('ScopeLocked'))
    return failed('AZR004', { message: 'A lock keeps MIC from changing the scale set.', detail });
  if (/DenyAssignmentAuthorizationFailed|deny assignment/i.test(said)) {
    return failed('AZR006', { message: 'A deny assignment keeps MIC from changing the scale set.', detail });
  }
  return undefined;
}

/** What NMI answered each pod last: what it said before that is mended. */
export const nmiLogRule: DoctorRule = rule({
  link: 'nmiLog',
  title: "NMI's last answers to the pods were tokens",
  follows: [
    'definitions',
    'pods',
    'podNetwork',
    'label',
    'binding',
    'identityObject',
    'azureIdentity',
    'rights',
    'exceptions',
    'mic',
    'nmi',
    'roles',
    'micLog',
    'assigned',
    'scaleSet',
  ],
  needs: ['nmiLogs', 'pods'],
  uses: ['assigned'],
  judge: ({ nmiLogs, pods }, looked) => {
    if (nmiLogs.length === 0) return { status: 'skipped', because: 'no pod of NMI runs where the pods are' };
    const answers = pods.flatMap((pod) => lastAnswer(pod, nmiLogs));
    const bad = answers.find(
      ({ status }) =>
        status !== 200 && !(status === 404 && worksNow({ ...looked, pods: { state: 'seen', value: pods } })),
    );
    if (bad) return nmiAnswer(bad);
    const good = answers.filter(({ status }) => status === 200).length;
    return passed(
      good === 0
        ? 'no request of these pods in the last lines of its log'
        : `${String(good)} of ${String(pods.length)} pods asked and got one`,
    );
  },
});

interface Answer {
  readonly pod: Pod;
  readonly status: number;
  /** The error that NMI logged before it. */
  readonly said: string | undefined;
}

function lastAnswer(pod: Pod, logs: readonly LogFact[]): readonly Answer[] {
  const address = pod.status?.podIP ?? '';
  const lines = logs.find(({ node }) => node === pod.spec?.nodeName)?.lines ?? [];
  if (address === '') return [];
  const at = lines.findLastIndex(
    (line) => line.split(' ').includes(`req.remote=${address}`) && statusIn(line) !== undefined,
  );
  const status = statusIn(lines[at] ?? '');
  if (status === undefined) return [];
  const before = lines.slice(Math.max(0, at - LINES_OF_ONE_REQUEST), at).findLast((line) => /^[EW]/.test(line));
  return [{ pod, status, said: before === undefined ? undefined : textOf(before).slice(0, 500) }];
}

const LINES_OF_ONE_REQUEST = 6;

function statusIn(line: string): number | undefined {
  const [, status] = /status \((\d{3})\)/.exec(line) ?? [];
  return status === undefined ? undefined : Number(status);
}

function nmiAnswer({ pod, status, said = '' }: Answer): Finding {
  const detail = said === '' ? {} : { detail: `NMI: ${said}` };
  const message = `NMI's last answer to ${pod.metadata.name} was ${String(status)}.`;
  if (/metadata header/i.test(said)) return warned('DOC038', { message, ...detail });
  if (said.includes('resource cannot be empty')) return warned('DOC039', { message, ...detail });
  if (status === 403 || status === 503) return failed('DOC037', { message, ...detail });
  if (status === 400) return warned('DOC038', { message, ...detail });
  return failed('DOC040', { message, ...detail });
}
