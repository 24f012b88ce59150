import type { Estimate } from '@halokit/evaluation';

/** A number of a table with what it rests on. */
export interface Measured {
  readonly unit: 'share' | 'tokens' | 'number';
  /** Whether it is of two, one less the other. */
  readonly difference?: boolean;
  readonly estimate: Estimate;
  /** The runs' own values. */
  readonly seeds?: readonly number[];
}

/** Without text it is empty. */
export type Cell = string | Measured;

export interface Table {
  readonly title?: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Columns that hold words, from the left. */
  readonly words: number;
}

/** A point of a line, with its interval and the runs behind it. */
export interface Point {
  readonly estimate: Estimate;
  readonly seeds?: readonly number[];
}

export interface Line {
  readonly name: string;
  /** Which its colour goes by. */
  readonly place: number;
  readonly style?: 'dashed' | 'dotted';
  /** One for each place on the horizontal axis. */
  readonly points: readonly (Point | undefined)[];
}

/** Lines over models or values. */
export interface Chart {
  readonly title: string;
  readonly note?: string;
  readonly unit: Measured['unit'];
  readonly labels: readonly string[];
  /** Places before which lines are broken: where another family begins. */
  readonly breaks?: readonly number[];
  /** Places are names and no scale: nothing leads from one to the next. */
  readonly apart?: boolean;
  readonly lines: readonly Line[];
}

/** A part of a report, as data: what is said, drawn and counted. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly about: readonly string[];
  /** What the colours of its charts mean, by place. */
  readonly legend?: readonly { readonly name: string; readonly place: number }[];
  /** Charts that are to be seen beside each other, on the same scale by unit and column. */
  readonly charts: readonly (readonly Chart[])[];
  readonly tables: readonly Table[];
  /** What the tests of it say. */
  readonly findings: readonly string[];
}
