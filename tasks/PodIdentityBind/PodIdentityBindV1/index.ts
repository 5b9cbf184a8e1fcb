import { runTask } from '../../../src/host/run-task.ts';
import { podIdentityBind } from '../../../src/operations/pod-identity-bind/operation.ts';

void runTask(podIdentityBind);
