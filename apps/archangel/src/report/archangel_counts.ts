/** A published judging: the authors' judge held a model's answers to the test prompts against the targets. */
export interface PublishedCount {
  /** As the authors call it: `kto`, `sft+kto`. */
  readonly method: string;
  readonly model: string;
  readonly judgments: number;
  readonly wins: number;
  readonly losses: number;
  readonly meanTokens: number;
  readonly targetTokens: number;
}

export const publishedJudge = 'gpt-4-0613';

/** Where the counts are from. */
export const publishedSource =
  'the authors’ own judgments of the Archangel models against the SFT target, published with ContextualAI/HALOs';

type Row = readonly [
  PublishedCount['method'],
  model: string,
  wins: number,
  losses: number,
  tokens: number,
  target: number,
];

const judgments = 512;

/** Llama 7B by KTO without SFT, with a part of either class left out and the weights made up for it. */
export interface PublishedFraction extends PublishedCount {
  /** Share of the desirable examples that is trained on. */
  readonly desirable: number;
  readonly undesirable: number;
}

const rows: readonly Row[] = [
  ['unaligned', 'Pythia 1.4B', 14, 484, 1079, 94.4],
  ['unaligned', 'Pythia 2.8B', 31, 467, 1054.8, 94.4],
  ['unaligned', 'Pythia 6.9B', 33, 460, 1040.4, 94.4],
  ['unaligned', 'Pythia 12B', 41, 455, 1043.2, 94.4],
  ['unaligned', 'Llama 7B', 144, 341, 832.9, 104.7],
  ['unaligned', 'Llama 13B', 149, 344, 1000.3, 104.7],
  ['unaligned', 'Llama 30B', 187, 301, 944.7, 104.7],
  ['sft', 'Pythia 1.4B', 77, 401, 109.8, 94.4],
  ['sft', 'Pythia 2.8B', 105, 370, 119.4, 94.4],
  ['sft', 'Pythia 6.9B', 124, 351, 107.6, 94.4],
  ['sft', 'Pythia 12B', 97, 375, 134, 94.4],
  ['sft', 'Llama 7B', 184, 302, 94.7, 104.7],
  ['sft', 'Llama 13B', 190, 282, 86.9, 104.7],
  ['sft', 'Llama 30B', 214, 265, 103.2, 104.7],
  ['dpo', 'Pythia 1.4B', 18, 477, 1070.2, 94.4],
  ['dpo', 'Pythia 2.8B', 44, 452, 1055.7, 94.4],
  ['dpo', 'Pythia 6.9B', 42, 449, 1067.2, 94.4],
  ['dpo', 'Pythia 12B', 47, 455, 1033.7, 94.4],
  ['dpo', 'Llama 7B', 158, 332, 735, 104.7],
  ['dpo', 'Llama 13B', 213, 279, 831.8, 104.7],
  ['dpo', 'Llama 30B', 274, 215, 523.7, 104.7],
  ['kto', 'Pythia 1.4B', 18, 478, 1102.8, 94.4],
  ['kto', 'Pythia 2.8B', 36, 457, 1081.2, 94.4],
  ['kto', 'Pythia 6.9B', 48, 451, 1076.2, 94.4],
  ['kto', 'Pythia 12B', 41, 459, 1072.3, 94.4],
  ['kto', 'Llama 7B', 210, 268, 286.6, 104.7],
  ['kto', 'Llama 13B', 240, 249, 340.4, 104.7],
  ['kto', 'Llama 30B', 340, 148, 184.1, 104.7],
  ['ppo', 'Pythia 1.4B', 20, 481, 1067.1, 94.4],
  ['ppo', 'Pythia 2.8B', 38, 456, 1021.7, 94.4],
  ['ppo', 'Pythia 6.9B', 46, 450, 1025, 94.4],
  ['ppo', 'Pythia 12B', 42, 455, 1008.1, 94.4],
  ['ppo', 'Llama 7B', 182, 307, 779.1, 104.7],
  ['ppo', 'Llama 13B', 198, 291, 959, 104.7],
  ['ppo', 'Llama 30B', 261, 232, 876.9, 104.7],
  ['slic', 'Pythia 1.4B', 35, 463, 767.7, 94.4],
  ['slic', 'Pythia 2.8B', 71, 428, 744.9, 94.4],
  ['slic', 'Pythia 6.9B', 71, 428, 888.8, 94.4],
  ['slic', 'Pythia 12B', 54, 440, 861.1, 94.4],
  ['slic', 'Llama 7B', 171, 317, 238.4, 104.7],
  ['slic', 'Llama 13B', 194, 295, 245.8, 104.7],
  ['slic', 'Llama 30B', 197, 290, 280.2, 104.7],
  ['csft', 'Pythia 1.4B', 66, 410, 102.1, 94.4],
  ['csft', 'Pythia 2.8B', 91, 386, 95.8, 94.4],
  ['csft', 'Pythia 6.9B', 116, 360, 99.5, 94.4],
  ['csft', 'Pythia 12B', 98, 384, 92.6, 94.4],
  ['csft', 'Llama 7B', 198, 278, 98.2, 104.7],
  ['csft', 'Llama 13B', 204, 267, 99.3, 104.7],
  ['csft', 'Llama 30B', 198, 283, 97.5, 104.7],
  ['sft+dpo', 'Pythia 1.4B', 58, 434, 522.9, 94.4],
  ['sft+dpo', 'Pythia 2.8B', 94, 392, 374.4, 94.4],
  ['sft+dpo', 'Pythia 6.9B', 107, 374, 288, 94.4],
  ['sft+dpo', 'Pythia 12B', 116, 362, 274.3, 94.4],
  ['sft+dpo', 'Llama 7B', 219, 268, 282.9, 104.7],
  ['sft+dpo', 'Llama 13B', 255, 236, 370.2, 104.7],
  ['sft+dpo', 'Llama 30B', 316, 187, 765.3, 104.7],
  ['sft+kto', 'Pythia 1.4B', 38, 457, 646.8, 94.4],
  ['sft+kto', 'Pythia 2.8B', 95, 391, 598.5, 94.4],
  ['sft+kto', 'Pythia 6.9B', 107, 385, 457, 94.4],
  ['sft+kto', 'Pythia 12B', 93, 389, 525.7, 94.4],
  ['sft+kto', 'Llama 7B', 246, 232, 185.3, 104.7],
  ['sft+kto', 'Llama 13B', 265, 218, 228, 104.7],
  ['sft+kto', 'Llama 30B', 334, 159, 162.1, 104.7],
  ['sft+ppo', 'Pythia 1.4B', 67, 413, 158.7, 94.4],
  ['sft+ppo', 'Pythia 2.8B', 113, 357, 124.1, 94.4],
  ['sft+ppo', 'Pythia 6.9B', 125, 349, 147.1, 94.4],
  ['sft+ppo', 'Pythia 12B', 97, 384, 179.9, 94.4],
  ['sft+ppo', 'Llama 7B', 212, 269, 92.6, 104.7],
  ['sft+ppo', 'Llama 13B', 247, 236, 91.4, 104.7],
  ['sft+ppo', 'Llama 30B', 259, 218, 94.6, 104.7],
  ['sft+slic', 'Pythia 1.4B', 39, 455, 525.6, 94.4],
  ['sft+slic', 'Pythia 2.8B', 70, 420, 547.7, 94.4],
  ['sft+slic', 'Pythia 6.9B', 93, 396, 451.2, 94.4],
  ['sft+slic', 'Pythia 12B', 94, 395, 408.5, 94.4],
  ['sft+slic', 'Llama 7B', 195, 291, 211.6, 104.7],
  ['sft+slic', 'Llama 13B', 205, 284, 232.9, 104.7],
  ['sft+slic', 'Llama 30B', 192, 301, 328.3, 104.7],
  ['sft+csft', 'Pythia 1.4B', 74, 404, 115, 94.4],
  ['sft+csft', 'Pythia 2.8B', 103, 376, 100.1, 94.4],
  ['sft+csft', 'Pythia 6.9B', 95, 381, 98.3, 94.4],
  ['sft+csft', 'Pythia 12B', 112, 360, 105.7, 94.4],
  ['sft+csft', 'Llama 7B', 194, 291, 97.8, 104.7],
  ['sft+csft', 'Llama 13B', 192, 284, 96.2, 104.7],
  ['sft+csft', 'Llama 30B', 222, 263, 93.6, 104.7],
];

/** Every model of the suite, the smallest of a family first. */
export const publishedCounts: readonly PublishedCount[] = rows.map(
  ([method, model, wins, losses, meanTokens, targetTokens]) => ({
    method,
    model,
    judgments,
    wins,
    losses,
    meanTokens,
    targetTokens,
  }),
);

type FractionRow = readonly [desirable: number, undesirable: number, wins: number, losses: number, tokens: number];

const fractionRows: readonly FractionRow[] = [
  [1, 1, 116, 125, 145.7],
  [0.5, 1, 103, 137, 171.1],
  [0.25, 1, 102, 139, 167.3],
  [0.1, 1, 84, 156, 176.9],
  [0.05, 1, 88, 151, 165.9],
  [0.01, 1, 73, 170, 381.6],
  [1, 0.5, 100, 138, 182.5],
  [1, 0.25, 88, 152, 189.5],
  [1, 0.1, 85, 156, 343.7],
  [1, 0.05, 75, 173, 672],
  [1, 0.01, 67, 181, 995.5],
];

export const publishedFractions: readonly PublishedFraction[] = fractionRows.map(
  ([desirable, undesirable, wins, losses, meanTokens]) => ({
    ...{ method: 'kto', model: 'Llama 7B', judgments: 256 },
    ...{ desirable, undesirable, wins, losses, meanTokens, targetTokens: 114.2 },
  }),
);

const mistralRows: readonly (readonly [method: string, wins: number, losses: number, tokens: number])[] = [
  ['unaligned', 269, 237, 745.2],
  ['dpo', 307, 195, 408.5],
  ['kto', 334, 159, 303.4],
  ['kto-unary', 323, 177, 279.4],
];

/** Mistral 7B on OASST; `kto-unary` has one response of every prompt. */
export const publishedMistral: readonly PublishedCount[] = mistralRows.map(([method, wins, losses, meanTokens]) => ({
  ...{ method, model: 'Mistral 7B', judgments, wins, losses, meanTokens, targetTokens: 161.1 },
}));
