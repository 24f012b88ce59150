import type { StepEvent } from '@halokit/trainer';
import { Curve } from '../figures/curve';
import type { Answer } from '../record/answer_prompts';

/** A stage as the page shows it. */
export interface WatchedStage {
  readonly label: string;
  readonly steps: number;
  /** Updates made before this start of the run. */
  readonly doneBefore: number;
  /** When this start of the stage began, in milliseconds of `performance.now()`. */
  readonly began: number;
  /** The last step that was seen. */
  step: number;
  readonly curves: Map<string, Curve>;
  /** The answers to the same prompts, the latest last. */
  readonly answers: { readonly step: number; readonly answers: readonly Answer[] }[];
  ended?: 'finished' | 'stopped';
}

/** What the page of a run shows: its stages, the latest last, and what was said about it. */
export class WatchedRun {
  readonly stages: WatchedStage[] = [];
  readonly notes: string[] = [];
  /** What a run ends with. */
  ending?: string;

  /** @param name the run's, for the page's title */
  constructor(readonly name: string) {}

  begin(label: string, steps: number, doneBefore: number): WatchedStage {
    const began = performance.now();
    const stage = { label, steps, doneBefore, began, step: doneBefore, curves: new Map<string, Curve>(), answers: [] };
    this.stages.push(stage);
    return stage;
  }
}

/** Adds a step to a stage's curves. */
export function addStep(stage: WatchedStage, { step, metrics }: Pick<StepEvent, 'step' | 'metrics'>): void {
  stage.step = step;
  for (const [name, value] of Object.entries(metrics)) {
    let curve = stage.curves.get(name);
    if (!curve) {
      curve = new Curve();
      stage.curves.set(name, curve);
    }
    curve.add(step, value);
  }
}

/** Seconds to the end of a stage at the pace of this start; absent before its first step. */
export function secondsLeft({ step, steps, doneBefore, began }: WatchedStage): number | undefined {
  const made = step - doneBefore;
  return made === 0 ? undefined : ((performance.now() - began) / 1000 / made) * (steps - step);
}
