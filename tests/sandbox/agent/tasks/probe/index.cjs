// The script of the step decides what happens: each test says it beside what it expects.
const tl = require('azure-pipelines-task-lib/task');
const run = new Function('tl', 'require', `return (async () => { ${tl.getInput('script', true)} })();`);
run(tl, require).catch((error) => tl.setResult(tl.TaskResult.Failed, error.message));
