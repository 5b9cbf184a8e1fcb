import { runTask } from '../../../src/host/run-task.ts';
import { keyVaultGrant } from '../../../src/operations/key-vault-grant/operation.ts';

void runTask(keyVaultGrant);
