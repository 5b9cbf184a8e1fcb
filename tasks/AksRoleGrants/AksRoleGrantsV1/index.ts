import { runTask } from '../../../src/host/run-task.ts';
import { aksRoleGrants } from '../../../src/operations/aks-role-grants/operation.ts';

void runTask(aksRoleGrants);
