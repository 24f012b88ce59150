import type { ModelConfig } from '../families/families';
import { type LogpRowsOptions, plainPasses } from '../rows/plain_outputs';
import { layOut, passShape, type TokenLayout } from '../rows/token_layout';
import type { TokenRow } from '../rows/token_row';

/** A forward pass that waits between two layers. */
export interface StreamedPass {
  /** Which rows it computes, by their places. */
  readonly rows: readonly number[];
  readonly layout: TokenLayout;
  /** Its hidden states, [rows, tokens, width]: part of those of its reading. */
  readonly states: Float32Array;
}

/** Passes that go through the layers side by side. */
export interface Reading {
  readonly passes: readonly StreamedPass[];
  /** Token ids of all passes, one after the other, and their hidden states, [tokens, width]. */
  readonly ids: Int32Array;
  readonly states: Float32Array;
}

/** How much of a streamed model's work is in memory at once. */
export interface StreamRoom extends LogpRowsOptions {
  /** Most bytes of hidden states held at once; rows that have more make the model be read several times. Default: 2^30. */
  readonly statesBytes?: number;
}

/**
 * The forward passes that `streamedLogps` makes, and which of them go through the layers side by side each time the model is
 * read: as many as there is room for, and one at least. A pass is the places of its rows.
 */
export function streamedPasses(
  rows: readonly TokenRow[],
  { hiddenSize: width }: Pick<ModelConfig, 'hiddenSize'>,
  { statesBytes = 2 ** 30, ...options }: StreamRoom = {},
): number[][][] {
  // Float32 has 4 bytes.
  const tokensAtOnce = statesBytes / (4 * width);
  const result: number[][][] = [];
  let taken = 0;
  for (const places of plainPasses(rows, options)) {
    const { rows: count, tokens } = passShape(places.map((i) => rows[i] as TokenRow));
    const last = result.at(-1);
    taken += count * tokens;
    if (last && taken <= tokensAtOnce) last.push(places);
    else {
      result.push([places]);
      taken = count * tokens;
    }
  }
  return result;
}

/** Room for the hidden states of passes, each over the rows at its places. */
export function openReading(rows: readonly TokenRow[], passes: readonly (readonly number[])[], width: number): Reading {
  const layouts = passes.map((places) => layOut(places.map((i) => rows[i] as TokenRow)));
  const total = layouts.reduce((sum, { ids }) => sum + ids.length, 0);
  const [ids, states] = [new Int32Array(total), new Float32Array(total * width)];
  let start = 0;
  const opened = layouts.map((layout, i): StreamedPass => {
    const end = start + layout.ids.length;
    ids.set(layout.ids, start);
    const pass = { rows: passes[i] as readonly number[], layout, states: states.subarray(start * width, end * width) };
    start = end;
    return pass;
  });
  return { passes: opened, ids, states };
}
