/** The learning rate at update `step` (0, 1, 2, ...) of `total`, as a share of the base rate. */
export type Schedule = (step: number, total: number) => number;

/**
 * Linear warm-up, then constant: min(1, (k + 1) / (warmupSteps + 1)).
 * Source: HALOs (legacy), the schedule of the Archangel suite with 150 warm-up steps.
 */
export function warmupConstant(warmupSteps: number): Schedule {
  return (step) => Math.min(1, (step + 1) / (warmupSteps + 1));
}

/**
 * Linear warm-up, then linearly down to 0 at the end: min((k + 1) / (warmupSteps + 1), (total - k) / (total - warmupSteps)).
 * Source: TRL's default, Transformers' `get_linear_schedule_with_warmup`, with the warm-up of `warmupConstant`: theirs leaves
 * the first update out, at a rate of 0.
 */
export function warmupLinear(warmupSteps: number): Schedule {
  const warmup = warmupConstant(warmupSteps);
  return (step, total) => Math.min(warmup(step, total), (total - step) / Math.max(total - warmupSteps, 1));
}

/**
 * Linear warm-up from a tenth of the rate, then constant: 0.1 + 0.9 min(k, warmupSteps) / warmupSteps.
 * Source: HALOs (main).
 */
export function warmupFromTenth(warmupSteps: number): Schedule {
  return (step) => (warmupSteps === 0 ? 1 : 0.1 + (0.9 * Math.min(step, warmupSteps)) / warmupSteps);
}

/**
 * Linear warm-up from a tenth of the rate, then half a cosine down to 0.
 * Source: HALOs (main), SFT.
 */
export function warmupCosine(warmupSteps: number): Schedule {
  const warmup = warmupFromTenth(warmupSteps);
  return (step, total) => {
    if (step < warmupSteps) return warmup(step, total);
    const progress = (step - warmupSteps) / Math.max(total - warmupSteps, 1);
    return (1 + Math.cos(Math.PI * Math.min(progress, 1))) / 2;
  };
}
