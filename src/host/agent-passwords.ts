/**
 * Taken out of the environment before task-lib is imported, and so imported before it: while it loads, task-lib writes
 * the password of the proxy to its debug output, and its key to the agent's temporary folder.
 */
export const proxyPassword: string | undefined = take('SECRET_AGENT_PROXYPASSWORD');

function take(name: string): string | undefined {
  const value = process.env[name];
  Reflect.deleteProperty(process.env, name);
  return value;
}
