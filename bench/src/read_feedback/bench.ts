import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, childLines } from '../child_lines';
import { machine } from '../machine';
import type { Options } from '../options';
import { progress } from '../progress';
import { ourCommand } from '../train_step/commands';
import type { Job, Outcome } from './protocol';
import { report } from './report';
import { writePairs } from './write_pairs';

/** As many as HH has. */
const pairs = 170_000;

/** Feedback from a file: read, and read, binarised and tokenized, next to Python's `json`, which only reads. */
export async function readFeedback({ rounds = 3, python = 'python3', tokenizer }: Options): Promise<{
  text: string;
  json: unknown;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'halokit-bench-'));
  try {
    const file = join(folder, 'pairs.jsonl.gz');
    const writing = progress('made-up pairs');
    writing.update(`writing ${pairs}`);
    await writePairs(file, pairs);
    writing.end(`${pairs} written`);
    const ours = ourCommand(fileURLToPath(new URL('program.ts', import.meta.url)));
    const peer = { ...ours, file: python, args: [fileURLToPath(new URL('peer.py', import.meta.url))] };
    const programs: [string, Command, Job][] = [
      ['halokit: read', ours, { file, tokenize: false }],
      ['halokit: read, binarised, tokenized', ours, { file, tokenize: true, ...(tokenizer && { tokenizer }) }],
    ];
    if (spawnSync(python, ['-c', 'import json']).status === 0) {
      programs.unshift(["Python's gzip and json: read", peer, { file, tokenize: false }]);
    }
    const results = programs.map(([name]) => ({ name, outcomes: [] as Outcome[] }));
    for (let round = 0; round < rounds; round++) {
      for (const [i, [name, command, job]] of programs.entries()) {
        const running = progress(`round ${round + 1}, ${name}`);
        running.update('running');
        const outcome = await outcomeOf(command, job);
        running.end(`${outcome.seconds.toFixed(1)} s`);
        results[i]?.outcomes.push(outcome);
      }
    }
    const json = { machine: machine(), pairs, tokenizer: tokenizer ?? 'trained on the first rows', results };
    return { text: report(json), json };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function outcomeOf(command: Command, job: Job): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  await childLines({ ...command, args: [...command.args, JSON.stringify(job)] }, (line) => {
    outcomes.push(line as Outcome);
  });
  if (!outcomes[0]) throw new Error(`${command.file} gave no outcome.`);
  return outcomes[0];
}
