// A program: loads each loss it is given as `FILE` or `FILE {"option": 1}` and prints what came of it, a line of JSON each.
import * as losses from '@halokit/losses';
import * as tf from '@tensorflow/tfjs-core';
import { ownLoss } from '../src/losses/own_loss';

/** What a file under test may leave to be compared: the packages as it got them. */
interface Seen {
  readonly tf: unknown;
  readonly losses: unknown;
}

const shared = globalThis as { seen?: Seen };

for (const argument of process.argv.slice(2)) {
  const [file = '', options = '{}'] = argument.split(/ (?=\{)/);
  delete shared.seen;
  try {
    const source = await ownLoss(file);
    const { name } = source.create(JSON.parse(options));
    const copies = compared(shared.seen);
    console.log(JSON.stringify({ name, defaults: source.defaults, copies }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}

function compared(seen: Seen | undefined) {
  return seen && { tf: same(tf, seen.tf, 'Tensor'), losses: same(losses, seen.losses, 'kto') };
}

function same(ours: object, theirs: unknown, name: string): boolean {
  return (ours as Record<string, unknown>)[name] === (theirs as Record<string, unknown>)[name];
}
