console.log(`main saw ${process.env.VSTS_TASKVARIABLE_SEEN_BY}`);
console.log('##vso[task.settaskvariable variable=seen.by]main');
console.log(`##vso[task.complete result=${process.env.INPUT_MAINRESULT}]done`);
