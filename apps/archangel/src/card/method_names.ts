/** What losses are called in full, and where they are from; a loss of somebody's own has its name alone. */
export const methodNames: Readonly<Record<string, string>> = {
  sft: 'supervised fine-tuning',
  csft: 'supervised fine-tuning with control tokens for good and bad',
  slic: 'sequence likelihood calibration ([SLiC-HF](https://arxiv.org/abs/2305.10425))',
  dpo: 'direct preference optimisation ([DPO](https://arxiv.org/abs/2305.18290))',
  ppo: 'offline proximal policy optimisation with rewards of +1 and -1 ([PPO](https://arxiv.org/abs/1707.06347))',
  kto: 'Kahneman-Tversky optimisation ([KTO](https://arxiv.org/abs/2402.01306))',
  cdpo: 'conservative DPO, which allows for labels the wrong way round',
  ipo: 'identity preference optimisation ([IPO](https://arxiv.org/abs/2310.12036))',
  simpo: 'simple preference optimisation ([SimPO](https://arxiv.org/abs/2405.14734))',
  orpo: 'odds ratio preference optimisation ([ORPO](https://arxiv.org/abs/2403.07691))',
  robust: 'robust DPO ([paper](https://arxiv.org/abs/2403.00409))',
  apoZero: 'anchored preference optimisation, zero ([APO](https://arxiv.org/abs/2408.06266))',
  apoZeroUnpaired:
    'anchored preference optimisation, zero, on single responses ([APO](https://arxiv.org/abs/2408.06266))',
  bco: 'binary classifier optimisation ([BCO](https://arxiv.org/abs/2404.04656))',
  bcoPaired: 'binary classifier optimisation on pairs ([BCO](https://arxiv.org/abs/2404.04656))',
  grpo: 'group relative policy optimisation ([GRPO](https://arxiv.org/abs/2402.03300))',
  bradleyTerry: 'a reward model by Bradley and Terry’s rule',
};
