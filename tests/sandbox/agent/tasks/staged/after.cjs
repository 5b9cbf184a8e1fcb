console.log(`after saw ${process.env.VSTS_TASKVARIABLE_SEEN_BY} and ${process.env.AGENT_JOBSTATUS}`);
