// What the pool's test starts in the place of the app: a job's name says how it ends.
process.on('message', ({ job }) => {
  if (job.includes('killed')) process.kill(process.pid, 'SIGKILL');
  else if (job.includes('failing')) process.send({ is: 'failed', job, why: 'it says so' });
  else if (job.includes('endless')) process.once('SIGTERM', () => process.send({ is: 'interrupted', job }));
  else if (!job.includes('deaf')) setTimeout(() => process.send({ is: 'done', job }), 5);
});
process.send({ is: 'ready' });
