/**
 * Taken out of the environment before task-lib is imported, and so imported before it: while it loads, task-lib writes
 * the settings of proxy and certificates to its debug output, passwords included, and its key to the agent's temporary
 * folder.
 */
export const proxyPassword: string | undefined = take('SECRET_AGENT_PROXYPASSWORD');
/** Of the key in Agent.ClientCertKey and of the archive in Agent.ClientCertArchive. */
export const clientCertificatePassword: string | undefined = take('SECRET_AGENT_CLIENTCERTPASSWORD');
/** Its address may carry user and password. */
export const proxyUrl: string | undefined = take('AGENT_PROXYURL');

function take(name: string): string | undefined {
  const value = process.env[name];
  Reflect.deleteProperty(process.env, name);
  return value === '' ? undefined : value;
}
