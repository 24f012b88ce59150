import { parseArgs } from 'node:util';
import { InputError } from './input_error';

/** What the command line asked for; what is undefined was left open. */
export interface Options {
  readonly rounds?: number;
  readonly ranks?: number;
  readonly steps?: number;
  readonly shapes?: readonly string[];
  readonly backend: string;
  readonly python?: string;
  readonly tokenizer?: string;
  readonly data?: string;
  readonly json?: string;
  readonly device?: string;
  readonly torchDevice?: string;
  readonly allowSoftware?: boolean;
  /** 10^12 operations a second: float32, and 16 bits. */
  readonly peakTflops?: readonly [number, number];
  readonly name?: string;
}

export const help = `npm run bench [-- BENCH ...] [options]

  native_engine        a training step in plain TensorFlow.js against the same one in PyTorch
  fused_kernels        the same step with halokit's models and trainer, and where its time and memory go
  generate             greedy generation in batches against PyTorch with a cache, and the time it takes to read the weights
  read_feedback        feedback from a file to tokens, next to Python's json
  alignment            updates of KTO and DPO on rows of HH against PyTorch doing them as HALOs does; only where it is named
  big_models           KTO of models that fill the memory, beside PyTorch; only where it is named
  gpu                  updates of KTO on a GPU, beside PyTorch on it in float32 and bfloat16; only where it is named
  all_reduce           sums over ranks by MPI against mpi4py; only where it is named
  data_parallel        updates of KTO on rows of HH on ranks of one thread, against one such rank; only where it is named
  scaling              all-reduces over slow lines, against the model of cost that docs/scaling.md is made of; only where it is named

  --shape 70m,410m     sizes of Pythia, or layers x width as 24x256, or all of it as 24x256x50304@8x256/2:
                       vocabulary, rows x tokens, rows of a microbatch; of big_models: pythia-410m-full@8x512/1,
                       model - full, lora or lora-float16 @ rows x tokens / rows of a microbatch; of alignment: kto-70m,
                       kto-160m, dpo-70m, dpo-160m; of gpu: tiny, pythia-70m, pythia-410m, pythia-1.4b
  --rounds 5           times that both programs run, in turn; of scaling, 9: that each all-reduce is timed
  --ranks 2            of all_reduce and data_parallel: processes that share the work
  --steps 5            timed steps of each run, after three to warm up; of generate: generations, after one
  --backend NAME       onnxruntime (the default), wasm or cpu
  --python PATH        a Python that can import torch, where it is not found by itself
  --tokenizer PATH     of read_feedback, alignment and data_parallel: a tokenizer.json or its folder; read_feedback trains a small one without
  --data FILE          of alignment and data_parallel: a .jsonl.gz of Anthropic's HH
  --device NAME        of gpu: webgpu (the default), cuda or cpu
  --torch-device NAME  of gpu: what PyTorch computes on, cuda (the default) or cpu
  --allow-software     of gpu: measure a processor that does what a GPU would
  --peak-tflops 67,989 of gpu: the data sheet's peak in float32 and in 16 bits, in 10^12 operations a second
  --name NAME          of gpu: what the report and its file call the device
  --json FILE          the results once more, besides bench/results/<bench>.json`;

/** @throws InputError for what the benches do not know */
export function parseOptions(args: readonly string[]): Options & { names: string[]; help: boolean } {
  const text = { type: 'string' } as const;
  const options = {
    ...{ shape: text, rounds: text, ranks: text, steps: text, python: text, tokenizer: text, data: text, json: text },
    ...{ device: text, 'torch-device': text, 'peak-tflops': text, name: text },
    'allow-software': { type: 'boolean' },
    backend: { type: 'string', default: 'onnxruntime' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  const { values, positionals } = parse(() => parseArgs({ args: [...args], options, allowPositionals: true }));
  return {
    names: positionals,
    help: values.help,
    backend: values.backend,
    ...(values.rounds !== undefined && { rounds: count('--rounds', values.rounds) }),
    ...(values.ranks !== undefined && { ranks: count('--ranks', values.ranks) }),
    ...(values.steps !== undefined && { steps: count('--steps', values.steps) }),
    ...(values.shape !== undefined && { shapes: values.shape.split(',') }),
    ...(values.python !== undefined && { python: values.python }),
    ...(values.tokenizer !== undefined && { tokenizer: values.tokenizer }),
    ...(values.data !== undefined && { data: values.data }),
    ...(values.json !== undefined && { json: values.json }),
    ...(values.device !== undefined && { device: values.device }),
    ...(values['torch-device'] !== undefined && { torchDevice: values['torch-device'] }),
    ...(values['allow-software'] && { allowSoftware: true }),
    ...(values['peak-tflops'] !== undefined && { peakTflops: rates(values['peak-tflops']) }),
    ...(values.name !== undefined && { name: values.name }),
  };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    // Node's own words name the option.
    if (error instanceof TypeError) throw new InputError(`${error.message} See --help.`);
    throw error;
  }
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InputError(`${name} ${text} is not a whole number above 0.`);
  return value;
}

function rates(text: string): readonly [number, number] {
  const [wide = 0, narrow = 0, ...more] = text.split(',').map(Number);
  if (wide > 0 && narrow > 0 && more.length === 0) return [wide, narrow];
  throw new InputError(`--peak-tflops ${text} is not two numbers above 0, as 67,989: float32, and 16 bits.`);
}
