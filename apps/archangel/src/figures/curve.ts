/** A point of a curve: the step, and the mean of the metric over the steps up to it since the point before. */
export type Point = readonly [step: number, value: number];

/**
 * A curve in bounded memory, however long the run: where it would have too many points, two become one, their mean.
 */
export class Curve {
  private points: Point[] = [];
  /** Steps in a point. */
  private stride = 1;
  private pending: number[] = [];

  /** @param most points, an even number */
  constructor(private readonly most = 400) {}

  add(step: number, value: number): void {
    if (!Number.isFinite(value)) return;
    this.pending.push(value);
    if (this.pending.length < this.stride) return;
    this.points.push([step, mean(this.pending)]);
    this.pending = [];
    if (this.points.length < this.most) return;
    this.stride *= 2;
    this.points = Array.from({ length: this.most / 2 }, (_, i): Point => {
      const [[, a], [step, b]] = [this.points[2 * i] as Point, this.points[2 * i + 1] as Point];
      return [step, (a + b) / 2];
    });
  }

  /** Steps that a point is the mean of. */
  get stepsAPoint(): number {
    return this.stride;
  }

  /** The points so far; what has not filled one yet is the last, so that a curve ends at the latest step. */
  toPoints(step: number): readonly Point[] {
    return this.pending.length === 0 ? this.points : [...this.points, [step, mean(this.pending)]];
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Points from which on a curve is noise to the eye, and is drawn smoothed, itself faint behind. */
export const noisy = 40;

/** A mean over points that forgets nine tenths of one in about twenty, from the first point on. */
export function smoothed(points: readonly Point[]): Point[] {
  const keep = 0.9;
  let [sum, weight] = [0, 0];
  return points.map(([step, value]): Point => {
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return [step, sum / weight];
  });
}

/** Points on either side of one that its mean is of, and how many at the ends of a curve, where one alone would be noise. */
const [half, least] = [10, 3];

/**
 * Each point the mean of the 21 around it; nearer to an end of as many on either side as there are, and at it of a few. Unlike
 * `smoothed` it does not run behind, but it has to know what comes.
 */
export function centred(points: readonly Point[]): Point[] {
  return points.map(([step], i): Point => {
    const reach = Math.max(least, Math.min(half, i, points.length - 1 - i));
    return [step, mean(points.slice(Math.max(0, i - reach), i + reach + 1).map(([, value]) => value))];
  });
}
