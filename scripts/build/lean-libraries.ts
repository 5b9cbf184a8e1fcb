/**
 * What libraries do at the start of every run and no task needs there is left out: it was a third
 * of the time from the start of a task to its first request. Whoever changes the version of such a library hears of it:
 * a text that is no longer there fails the build.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { PluginBuild, Plugin } from 'esbuild';

/**
 * Kubernetes' client brings node-fetch, and that a URL class with tables of 260 kB, which it uses only on a Node older
 * than any handler.
 */
const nodeUrl: Plugin = {
  name: 'node-url',
  setup: (builder) => {
    instead(builder, /^whatwg-url$/, 'exports.URL = URL; exports.URLSearchParams = URLSearchParams;');
  },
};

/**
 * The agents of proxies tell the package debug of every connection. It takes its time to start, and where a pipeline sets
 * DEBUG for another tool, it would write into the log past the filter for text from outside.
 */
const noDebug: Plugin = {
  name: 'no-debug',
  setup: (builder) => {
    const quiet = 'const quiet = () => undefined; quiet.enabled = false; module.exports = () => quiet;';
    instead(builder, /^debug$/, quiet);
  },
};

/**
 * The Azure SDKs ask of every request whether it is a form, and that question alone makes Node load its fetch client:
 * as long as the start of a whole task. Nothing here sends forms, and a form would be refused for want of its policy.
 */
const noForms: Plugin = {
  name: 'no-forms',
  setup: (builder) => {
    builder.onLoad({ filter: /ts-http-runtime[\\/]dist[\\/]esm[\\/]policies[\\/]formDataPolicy\.js$/ }, () => ({
      contents: `
        export const formDataPolicyName = 'formDataPolicy';
        export const formDataPolicy = () => ({
          name: formDataPolicyName,
          sendRequest: async (request, next) => {
            if (request.formData) throw new Error('Forms are not part of this bundle.');
            return next(request);
          },
        });`,
    }));
  },
};

/** Parts of task-lib for finding files, running tools and comparing versions. */
const unusedParts = /^(?:semver|minimatch|\.\/toolrunner)$/;

const taskLib = /[\\/]azure-pipelines-task-lib[\\/](?:task|internal)\.js$/;

/** Of no use on a Node that runs a task at all. */
const versionCheck = "semver.lt(process.versions.node, '4.2.0')";

/**
 * task-lib without what no task here uses, and with its messages in English only, as ours are. Whoever calls what is
 * missing hears of it. It removes folders on Windows by a process of their own, which is loaded when it comes to that.
 */
const leanTaskLib: Plugin = {
  name: 'lean-task-lib',
  setup: (builder) => {
    const namespace = 'not of task-lib';
    builder.onResolve({ filter: unusedParts }, ({ path: wanted, importer }) =>
      taskLib.test(importer) ? { path: wanted, namespace } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace }, ({ path: part }) => ({
      contents: `
        const missing = function () { throw new Error(${JSON.stringify(`${part} of task-lib is not part of this bundle.`)}); };
        module.exports = new Proxy({}, { get: () => missing });`,
    }));
    builder.onResolve({ filter: /^child_process$/ }, ({ path: wanted, importer }) =>
      taskLib.test(importer) ? { path: wanted, namespace: 'later' } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'later' }, ({ path: builtIn }) => ({
      contents: `
        const load = () => require(${JSON.stringify(`node:${builtIn}`)});
        module.exports = new Proxy({}, { get: (_, name) => load()[name] });`,
    }));
    builder.onLoad({ filter: taskLib }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      if (source.split(versionCheck).length !== 2) throw new Error(`${file} no longer holds ${versionCheck} once`);
      return { contents: source.replace(versionCheck, 'false') };
    });
    builder.onLoad({ filter: /[\\/]azure-pipelines-task-lib[\\/]lib-resource\.js$/ }, ({ path: file }) => {
      const { messages } = createRequire(file)(file) as { readonly messages: unknown };
      return { contents: `module.exports = ${JSON.stringify({ messages })};` };
    });
  },
};

/** The bundle gets this CommonJS in place of a package. */
function instead(builder: PluginBuild, filter: RegExp, contents: string): void {
  const namespace = `instead of ${filter.source}`;
  builder.onResolve({ filter }, ({ path: wanted }) => ({ path: wanted, namespace }));
  builder.onLoad({ filter: /.*/, namespace }, () => ({ contents }));
}

export const leanLibraries: readonly Plugin[] = [nodeUrl, noDebug, noForms, leanTaskLib];
