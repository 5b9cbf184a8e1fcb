import { runTask } from '../../../src/host/run-task.ts';
import { podIdentityInstall } from '../../../src/operations/pod-identity-install/operation.ts';

void runTask(podIdentityInstall);
