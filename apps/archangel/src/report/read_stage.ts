import { join } from 'node:path';
import { z } from 'zod';
import { Curve } from '../figures/curve';
import { type Complain, eachLine } from './read_lines';
import { metricsLine, type Sample, sampleLine } from './run_schemas';

/** A stage of a run as its files tell it. */
export interface ReadStage {
  /** That of its loss. */
  readonly name: string;
  /** The last step there is a line of. */
  readonly step: number;
  /** Metrics of every step, figures on held-out examples, and the length of answers on the way, by name. */
  readonly curves: ReadonlyMap<string, Curve>;
  /** Answers on the way, as they came. */
  readonly samples: readonly Sample[];
}

/** Points of a curve in a report, at most: more are closer together than a screen can show. */
const points = 300;

const evaluationLine = z.object({ step: z.number() }).catchall(z.unknown());
const onTheWay = z.object({ value: z.number() });

/** Reads what a stage has left in a run's folder. */
export async function readStage(folder: string, name: string, complain: Complain): Promise<ReadStage> {
  const file = (kind: string) => join(folder, `${name}-${kind}.jsonl`);
  const curves = new Map<string, Curve>();
  let last = 0;
  const add = (curve: string, step: number, value: unknown) => {
    if (typeof value !== 'number') return;
    const known = curves.get(curve) ?? new Curve(points);
    curves.set(curve, known);
    known.add(step, value);
  };
  await eachLine(file('metrics'), metricsLine, complain, ({ step, epoch: _, ...metrics }) => {
    last = Math.max(last, step);
    for (const [metric, value] of Object.entries(metrics)) add(metric, step, value);
  });
  await eachLine(file('evaluation'), evaluationLine, complain, ({ step, ...figures }) => {
    for (const [figure, value] of Object.entries(figures)) {
      add(`held out: ${figure}`, step, onTheWay.safeParse(value).data?.value);
    }
  });
  const samples: Sample[] = [];
  await eachLine(file('samples'), sampleLine, complain, (sample) => samples.push(sample));
  for (const step of new Set(samples.map((sample) => sample.step))) {
    const lengths = samples.filter((sample) => sample.step === step).map(({ response }) => response.length);
    add('length of answers, characters', step, lengths.reduce((sum, length) => sum + length, 0) / lengths.length);
  }
  return { name, step: last, curves, samples };
}
