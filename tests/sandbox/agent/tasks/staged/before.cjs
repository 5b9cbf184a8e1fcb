console.log('##vso[task.settaskvariable variable=seen.by]pre-job');
