import { runTask } from '../../../src/host/run-task.ts';
import { podSecretCheck } from '../../../src/operations/pod-secret-check/operation.ts';

void runTask(podSecretCheck);
