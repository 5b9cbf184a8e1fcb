import { groupOf, kinds } from '../../../kube/kinds.ts';
import { listOf } from '../../../runtime/text.ts';
import { isManaged } from '../bound.ts';
import { troubleText } from '../program.ts';
import { isPodReady } from '../../../kube/status/pod.ts';
import { lastErrorOf } from '../log-lines.ts';
import type { DoctorFacts, ProgramFact } from '../facts.ts';
import { valueOr } from '../looked.ts';
import type { DoctorRule, Finding } from '../rule.ts';
import { failed, passed, rule, warned } from '../rule.ts';

const INSTALL = 'Run PodIdentityInstall@1 with this cluster (azureSubscription, resourceGroup, clusterName).';

/** Release of an image such as `mcr.microsoft.com/.../mic:v1.8.17`; undefined for a digest or a name of one's own. */
export function releaseOf(image: string): readonly [number, number, number] | undefined {
  const [, major, minor, patch] = /:v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(image) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor), Number(patch ?? 0)];
}

function isBefore(image: string, [major, minor, patch]: readonly [number, number, number]): boolean {
  const release = releaseOf(image);
  if (!release) return false;
  const difference = [release[0] - major, release[1] - minor, release[2] - patch].find((each) => each !== 0);
  return difference !== undefined && difference < 0;
}

export const definitionsRule: DoctorRule = rule({
  link: 'definitions',
  title: 'the kinds of AAD Pod Identity are served',
  follows: ['apiServer', 'connection'],
  needs: ['served'],
  uses: ['mic', 'nmi'],
  judge: ({ served }, looked) => {
    const [mic, nmi] = [valueOr(looked.mic, undefined), valueOr(looked.nmi, undefined)];
    const assigned = isManaged(nmi) ? [] : [kinds.azureAssignedIdentity];
    const wanted = [kinds.azureIdentity, kinds.azureIdentityBinding, kinds.azurePodIdentityException, ...assigned];
    const missing = wanted.filter(({ plural }) => !served.has(plural)).map(({ plural }) => plural);
    if (missing.length === 0) return passed(`${groupOf(kinds.azureIdentity)} v1`);
    return missingKinds(missing, missing.length === wanted.length, [mic, nmi]);
  },
});

function missingKinds(
  missing: readonly string[],
  all: boolean,
  programs: readonly (ProgramFact | undefined)[],
): Finding {
  const images = programs.flatMap((each) => (each ? [each.image] : []));
  if (images.some((image) => isBefore(image, [1, 8, 0]))) {
    return failed('DOC001', {
      message: `${listOf(images)} is there, and the API server serves no ${missing.join(', ')}.`,
    });
  }
  if (all && images.length === 0)
    return failed('POD006', { message: 'AAD Pod Identity is not installed.', fix: INSTALL });
  return failed('DOC002', { message: `The API server serves no ${missing.join(', ')}.` });
}

/** Releases after which known faults are gone: 1.6 writes only what differs, 1.7.2 bears scale sets without identities. */
export const versionsRule: DoctorRule = rule({
  link: 'versions',
  title: 'MIC and NMI are of a release without known faults',
  follows: ['definitions'],
  needs: ['mic', 'nmi'],
  judge: ({ mic, nmi }) => {
    const programs = [mic, nmi].flatMap((each) => (each ? [each] : []));
    if (programs.length === 0) return { status: 'skipped', because: 'neither is there' };
    const old = programs.find(({ image }) => isBefore(image, [1, 8, 0]));
    if (old) return warned('DOC003', { message: `${old.name} runs ${old.image}.` });
    return passed(programs.map(({ image }) => image.split('/').at(-1) ?? image).join(', '));
  },
});

export const micRule: DoctorRule = rule({
  link: 'mic',
  title: 'MIC is ready, and one of its pods leads',
  follows: ['apiServer', 'definitions', 'rights'],
  needs: ['mic'],
  uses: ['leader', 'nmi', 'crashLogs'],
  judge: ({ mic, question }, looked) => {
    if (isManaged(valueOr(looked.nmi, undefined))) return { status: 'skipped', because: 'managed mode has no MIC' };
    if (!mic) return failed('DOC004', { message: 'No Deployment runs MIC.', fix: INSTALL });
    const where = `--namespace ${mic.namespace}`;
    if (mic.replicas === 0) {
      return failed('DOC005', {
        message: `MIC (${mic.name} in namespace ${mic.namespace}) is scaled to 0.`,
        fix: `kubectl scale deployment ${mic.name} ${where} --replicas=2`,
      });
    }
    const ready = mic.pods.filter(isPodReady);
    if (ready.length === 0) {
      const said = lastErrorOf(valueOr(looked.crashLogs, undefined)?.mic?.lines ?? []);
      return failed('POD011', {
        ...(said === undefined ? {} : { detail: `MIC: ${said}` }),
        message: `0 of ${String(mic.replicas)} pods of MIC are ready${troubleText(mic)}.`,
        fix: `Look at them: kubectl describe pods ${where} --selector component=mic; kubectl logs ${where} deployment/${mic.name}`,
      });
    }
    return leaderFinding(mic, looked.leader, question.now);
  },
});

/** MIC renews its lease every few seconds; clocks of nodes and agent may differ by a little. */
const OLD_LEASE = 5 * 60_000;

function leaderFinding(mic: ProgramFact, looked: DoctorFacts['leader'], now: Date): Finding {
  const ready = `${String(mic.pods.filter(isPodReady).length)} of ${String(mic.replicas)} pods ready`;
  if (looked.state !== 'seen') return passed(`${ready}; who leads is not known`);
  const leader = looked.value;
  const name = mic.pods.find(({ metadata }) => metadata.name === leader?.holder)?.metadata.name;
  const fresh = leader?.renewed === undefined || now.getTime() - leader.renewed.getTime() < OLD_LEASE;
  if (leader && name !== undefined && fresh) return passed(`${ready}, ${name} leads`);
  const held = leader ? `${leader.holder} holds the lease` : 'nobody holds the lease';
  return failed('DOC006', { message: `No running pod of MIC leads: ${held}.` });
}
