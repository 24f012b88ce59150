import { paddedSize } from './padded_size';
import { rowsByPrompt } from './rows_by_prompt';
import type { TokenRow } from './token_row';
import { trunk } from './tree_mask';

/** One row of the forward pass: a prompt and the responses that follow it, by their places among the rows asked for. */
interface Tree {
  readonly prompt: Int32Array;
  readonly rows: readonly number[];
  readonly length: number;
}

/** Where everything stands in a forward pass. */
export interface TokenLayout {
  /** Rows and tokens of the forward pass, padding included. */
  readonly shape: readonly [number, number];
  readonly ids: Int32Array;
  /** For rows that hold several responses: positions and segments of every token, as `treeMask` takes them. */
  readonly tree?: { readonly positions: readonly (readonly number[])[]; readonly segments: Int32Array };
  /** The tokens that predict a response token, counted through the rows, and what they predict; the last ones for nobody. */
  readonly predicting: Int32Array;
  readonly labels: Int32Array;
  /** The last token of the response of each row asked for, counted in the same way. */
  readonly last: Int32Array;
  /** For every place of [rows asked for, longest response, padded]: which prediction stands there; none is `labels.length`. */
  readonly places: Int32Array;
  readonly mask: Float32Array;
  readonly answerShape: [number, number];
}

/** The sizes of a forward pass: its rows, and the tokens of each and those it predicts, padding included. */
export interface PassShape {
  readonly rows: number;
  readonly tokens: number;
  readonly predictions: number;
}

/** The sizes of the forward pass that `rowOutputs` makes of these rows. */
export function passShape(rows: readonly TokenRow[]): PassShape {
  const trees = treesFor(rows);
  const predictions = rows.reduce((sum, { response }) => sum + response.length, 0);
  return { rows: trees.length, tokens: paddedSize(longestOf(trees)), predictions: paddedSize(predictions) };
}

/**
 * Lays rows out for one forward pass, padded on the right to one of few sizes. Rows of one prompt share it, and their
 * responses follow each other, where that makes fewer tokens, padding counted.
 */
export function layOut(rows: readonly TokenRow[]): TokenLayout {
  const trees = treesFor(rows);
  const tokens = paddedSize(longestOf(trees));
  const longest = paddedSize(Math.max(...rows.map(({ response }) => response.length)));
  const total = paddedSize(rows.reduce((sum, { response }) => sum + response.length, 0));
  const layout = {
    shape: [trees.length, tokens] as const,
    // Padding is a word that occurs anyway: a model that is read from disk has no other.
    ids: new Int32Array(trees.length * tokens).fill(rows[0]?.prompt[0] as number),
    predicting: new Int32Array(total),
    labels: new Int32Array(total).fill(rows[0]?.response[0] as number),
    last: new Int32Array(rows.length),
    places: new Int32Array(rows.length * longest).fill(total),
    mask: new Float32Array(rows.length * longest),
    answerShape: [rows.length, longest] as [number, number],
  };
  const branching = trees.some((tree) => tree.rows.length > 1);
  const positions = trees.map(() => Array<number>(tokens).fill(0));
  const segments = new Int32Array(trees.length * tokens);
  let predictions = 0;
  trees.forEach((tree, i) => {
    const start = i * tokens;
    const place = (ids: Int32Array, at: number, firstPosition: number, segment: number) => {
      layout.ids.set(ids, start + at);
      segments.fill(segment, start + at, start + at + ids.length);
      ids.forEach((_, t) => {
        (positions[i] as number[])[at + t] = firstPosition + t;
      });
    };
    const { prompt } = tree;
    place(prompt, 0, 0, trunk);
    let at = prompt.length;
    tree.rows.forEach((row, branch) => {
      const { response } = rows[row] as TokenRow;
      place(response, at, prompt.length, branch + 1);
      response.forEach((label, t) => {
        layout.predicting[predictions] = start + (t === 0 ? prompt.length : at + t) - 1;
        layout.labels[predictions] = label;
        layout.places[row * longest + t] = predictions++;
        layout.mask[row * longest + t] = 1;
      });
      at += response.length;
      layout.last[row] = start + at - 1;
    });
    // Padding belongs to no response and is seen by none.
    segments.fill(-1, start + at, start + tokens);
  });
  return branching ? { ...layout, tree: { positions, segments } } : layout;
}

function treesFor(rows: readonly TokenRow[]): Tree[] {
  const treesOf = (groups: readonly number[][]) => groups.map((places) => tree(rows, places));
  return fewerTokens(treesOf(rows.map((_, i) => [i])), treesOf(rowsByPrompt(rows)));
}

function longestOf(trees: readonly Tree[]): number {
  return Math.max(...trees.map(({ length }) => length));
}

/** A prompt with the responses at these places. */
function tree(rows: readonly TokenRow[], places: readonly number[]): Tree {
  const { prompt } = rows[places[0] as number] as TokenRow;
  const responses = places.map((row) => (rows[row] as TokenRow).response.length);
  return { prompt, rows: places, length: responses.reduce((sum, n) => sum + n, prompt.length) };
}

function fewerTokens(a: Tree[], b: Tree[]): Tree[] {
  const tokens = (trees: Tree[]) => trees.length * paddedSize(longestOf(trees));
  return tokens(b) < tokens(a) ? b : a;
}
