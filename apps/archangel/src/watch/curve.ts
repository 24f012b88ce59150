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

  /** The points so far; what has not filled one yet is the last, so that a curve ends at the latest step. */
  toPoints(step: number): readonly Point[] {
    return this.pending.length === 0 ? this.points : [...this.points, [step, mean(this.pending)]];
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
