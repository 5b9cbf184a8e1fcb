import { runTask } from '../../../src/host/run-task.ts';
import { identityDoctor } from '../../../src/operations/identity-doctor/operation.ts';

void runTask(identityDoctor);
