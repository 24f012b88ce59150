import type { Loss } from './contract';
import { csft, csftDefaults } from './core/csft';
import { dpo, dpoDefaults } from './core/dpo';
import { kto, ktoDefaults } from './core/kto';
import { ppo, ppoDefaults } from './core/ppo';
import { sft, sftDefaults } from './core/sft';
import { slic, slicDefaults } from './core/slic';
import { apoZero, apoZeroDefaults, apoZeroUnpaired, apoZeroUnpairedDefaults } from './experimental/apo_zero';
import { bco, bcoDefaults, bcoPaired, bcoPairedDefaults } from './experimental/bco';
import { bradleyTerry, bradleyTerryDefaults } from './experimental/bradley_terry';
import { cdpo, cdpoDefaults } from './experimental/cdpo';
import { dpoSigmoid, dpoSigmoidDefaults } from './experimental/dpo_sigmoid';
import { grpo, grpoDefaults } from './experimental/grpo';
import { hinge, hingeDefaults } from './experimental/hinge';
import { ipo, ipoDefaults } from './experimental/ipo';
import { ktoLogsigmoid } from './experimental/kto_logsigmoid';
import { ktoSimple, ktoSimpleDefaults } from './experimental/kto_simple';
import { ktoSurprisal, ktoSurprisalDefaults } from './experimental/kto_surprisal';
import { ktoZero, ktoZeroDefaults } from './experimental/kto_zero';
import { orpo, orpoDefaults } from './experimental/orpo';
import { robust, robustDefaults } from './experimental/robust';
import { simpo, simpoDefaults } from './experimental/simpo';
import { type Humanline, humanline } from './humanline';
import { namedProspect, namedProspectChoices, namedProspectDefaults } from './named_prospect';

/** `core` holds the losses of the report; `experimental` its kin, and whatever is new. CONTRIBUTING.md says how one moves up. */
export type Tier = 'core' | 'experimental';

/** A loss as a config names it: how to make it, and its options with their defaults. */
export interface CatalogueEntry {
  readonly tier: Tier;
  readonly create: (options?: object) => Loss;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The words an option may be, where it is one of a few. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

const reduction = ['token-mean', 'sequence'];
const z0Choices = { z0: ['batch', 'microbatch'], z0Rows: ['all', 'nonzero'] };

/** Every loss by name. A new HALO is one file and one row here. */
export const catalogue = {
  sft: { tier: 'core', create: sft, defaults: sftDefaults, choices: { reduction } },
  csft: { tier: 'core', create: csft, defaults: csftDefaults, choices: { reduction } },
  slic: { tier: 'core', create: slic, defaults: slicDefaults },
  dpo: { tier: 'core', create: dpo, defaults: dpoDefaults },
  ppo: {
    tier: 'core',
    create: ppo,
    defaults: ppoDefaults,
    choices: { critic: ['value-head', 'none'], criticTarget: ['reward-included', 'reward-excluded'] },
  },
  kto: { tier: 'core', create: kto, defaults: ktoDefaults, choices: z0Choices },
  cdpo: { tier: 'experimental', create: cdpo, defaults: cdpoDefaults },
  ipo: { tier: 'experimental', create: ipo, defaults: ipoDefaults },
  simpo: { tier: 'experimental', create: simpo, defaults: simpoDefaults },
  orpo: { tier: 'experimental', create: orpo, defaults: orpoDefaults },
  dpoSigmoid: { tier: 'experimental', create: dpoSigmoid, defaults: dpoSigmoidDefaults },
  robust: { tier: 'experimental', create: robust, defaults: robustDefaults },
  hinge: { tier: 'experimental', create: hinge, defaults: hingeDefaults },
  ktoZero: { tier: 'experimental', create: ktoZero, defaults: ktoZeroDefaults },
  ktoLogsigmoid: { tier: 'experimental', create: ktoLogsigmoid, defaults: ktoDefaults, choices: z0Choices },
  ktoSurprisal: { tier: 'experimental', create: ktoSurprisal, defaults: ktoSurprisalDefaults },
  ktoSimple: { tier: 'experimental', create: ktoSimple, defaults: ktoSimpleDefaults },
  apoZero: { tier: 'experimental', create: apoZero, defaults: apoZeroDefaults },
  apoZeroUnpaired: { tier: 'experimental', create: apoZeroUnpaired, defaults: apoZeroUnpairedDefaults },
  bco: { tier: 'experimental', create: bco, defaults: bcoDefaults },
  bcoPaired: { tier: 'experimental', create: bcoPaired, defaults: bcoPairedDefaults },
  grpo: { tier: 'experimental', create: grpo, defaults: grpoDefaults },
  bradleyTerry: { tier: 'experimental', create: bradleyTerry, defaults: bradleyTerryDefaults },
  prospect: {
    tier: 'experimental',
    create: namedProspect,
    defaults: namedProspectDefaults,
    choices: namedProspectChoices,
  },
} satisfies Record<string, CatalogueEntry>;

export type LossName = keyof typeof catalogue;

/**
 * A loss of the catalogue from a config's options. `humanline` is an option of every loss that has a reference.
 *
 * @throws Error for humanline on a loss without a reference
 *
 * @example
 * const loss = createLoss('kto', { beta: 0.1, humanline: [-1, 1.5] });
 */
export function createLoss(
  name: LossName,
  { humanline: bounds, ...options }: { readonly humanline?: Humanline; readonly [option: string]: unknown } = {},
): Loss {
  const loss: Loss = catalogue[name].create(options);
  return bounds ? humanline(loss, bounds) : loss;
}
