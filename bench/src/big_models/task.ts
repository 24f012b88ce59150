import { type ModelConfig, parameterCount, preset } from '@halokit/models';
import { InputError } from '../input_error';

/** What is trained: all weights, adapters, or adapters on weights that are kept in float16. */
const kinds = ['full', 'lora', 'lora-float16'] as const;

/** One kind of training of one published model. */
export interface Task {
  readonly name: string;
  readonly model: string;
  readonly kind: (typeof kinds)[number];
  /** Examples of one update, tokens of each, and examples computed at once. */
  readonly rows: number;
  readonly tokens: number;
  readonly microbatchRows: number;
}

/** What is asked of halokit: which training, and the most memory that it may take. */
export const asked = [
  { task: parseTask('pythia-410m-full@8x512/1'), bytes: 8e9 },
  { task: parseTask('pythia-1.4b-lora@8x512/1'), bytes: 10e9 },
  { task: parseTask('pythia-1.4b-full@8x512/1'), bytes: 22e9 },
  { task: parseTask('llama-7b-lora-float16@2x512/1'), bytes: 20e9 },
];

/**
 * A task as `--shape` writes it: `pythia-410m-full@8x512/1`, model - kind @ rows x tokens / rows of a microbatch.
 *
 * @throws InputError for what is none
 */
export function parseTask(text: string): Task {
  const parts = /^(.+?)-(full|lora|lora-float16)(?:@(\d+)x(\d+)(?:\/(\d+))?)?$/.exec(text);
  const [, model = '', kind, rows = '8', tokens = '512', microbatchRows = '1'] = parts ?? [];
  const task = {
    ...{ name: text, model, kind: kind as Task['kind'] },
    ...{ rows: Number(rows), tokens: Number(tokens), microbatchRows: Number(microbatchRows) },
  };
  // A KL row has another's response, and a row has a prompt and a response.
  if (parts && task.rows >= 2 && task.tokens >= 2 && task.microbatchRows >= 1) {
    preset(model);
    return task;
  }
  throw new InputError(
    `--shape ${text} is not written as pythia-410m-full@8x512/1: model - ${kinds.join(', ')} @ rows (2 at least) x tokens ` +
      '(2 at least) / rows of a microbatch.',
  );
}

/** Adapters of all linear layers. */
export const adapter = { rank: 16, alpha: 32, dropout: 0 } as const;

/**
 * Bytes that weights need at least, and gradients and RMSprop's state where all of them train. PyTorch computes in float32
 * here: half products are slow on a processor, or missing.
 */
export function leastBytes({ kind }: Pick<Task, 'kind'>, config: ModelConfig, program: 'halokit' | 'PyTorch'): number {
  const perNumber = kind === 'full' ? 12 : 4;
  return parameterCount(config) * (kind === 'lora-float16' && program === 'halokit' ? 2 : perNumber);
}
