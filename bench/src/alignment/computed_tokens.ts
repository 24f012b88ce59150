import { passShape, type TokenRow } from '@halokit/models';
import type { BatchPlan } from '@halokit/trainer';
import type { Row, StepRows } from './protocol';

/** What the training passes of a plan come to. */
export interface ComputedTokens {
  readonly passes: number;
  /** Distinct sizes of passes: rows and tokens of each. */
  readonly shapes: number;
  /** Share of the computed tokens that is padding, 0 to 1; a prompt that is shared counts once. */
  readonly padding: number;
}

/** @param steps the rows of each step of the plan */
export function computedTokens({ steps: planned }: BatchPlan, steps: readonly StepRows[]): ComputedTokens {
  const shapes = new Set<string>();
  let [passes, computed, real] = [0, 0, 0];
  planned.forEach(({ microbatches, examples }, i) => {
    const rows = (steps[i] as StepRows).rows.map(tokens);
    const perExample = rows.length / examples.length;
    for (const positions of microbatches) {
      const of = [...Array(perExample).keys()].flatMap((side) =>
        positions.map((position) => rows[side * examples.length + position] as TokenRow),
      );
      const shape = passShape(of);
      shapes.add(`${shape.rows}x${shape.tokens}`);
      passes++;
      computed += shape.rows * shape.tokens;
      // With fewer rows than were asked for, those of a prompt stand behind it.
      real += shape.rows < of.length ? sharedTokens(of) : of.reduce((sum, row) => sum + length(row), 0);
    }
  });
  return { passes, shapes: shapes.size, padding: 1 - real / computed };
}

function tokens([prompt, response]: Row): TokenRow {
  return { prompt: Int32Array.from(prompt), response: Int32Array.from(response) };
}

function length({ prompt, response }: TokenRow): number {
  return prompt.length + response.length;
}

function sharedTokens(rows: readonly TokenRow[]): number {
  const prompts = new Map(rows.map(({ prompt }) => [prompt.join(), prompt.length]));
  const ofPrompts = [...prompts.values()].reduce((sum, n) => sum + n, 0);
  return rows.reduce((sum, { response }) => sum + response.length, ofPrompts);
}
