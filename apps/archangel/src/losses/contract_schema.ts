import type { Loss } from '@halokit/losses';
import { z } from 'zod';
import { validate } from '../config/validate';
import { InputError } from '../input_error';

const what = (message: string) => ({ error: message });
const callable = (message: string) => z.custom<() => unknown>((value) => typeof value === 'function', what(message));
const flag = () => z.boolean().optional();

const needs = z.strictObject({
  reference: flag(),
  kl: flag(),
  policyInPrepare: flag(),
  values: flag(),
  scores: flag(),
  groups: flag(),
  controlTokens: flag(),
});

/** Needs that only thumbs can have. */
const binaryNeeds = ['kl', 'groups', 'controlTokens'] as const;

/** The contract of `@halokit/losses`, as far as it shows before a loss is called. */
const contract = z
  .object({
    name: z.string(what('must be a name, as in "my_halo"')).regex(/^[\w-]+$/, {
      error: 'must be of letters, digits, - and _, because a folder is named by it',
    }),
    feedback: z.enum(
      ['demonstrations', 'preferences', 'binary'],
      what('must be "demonstrations", "preferences" or "binary"'),
    ),
    losses: callable('must be a function of rows and statistics that returns { losses }'),
    prepare: callable('must be a function of the batch and the state that returns { statistics }').optional(),
    needs: needs.optional(),
    statisticsOver: z.enum(['batch', 'microbatch'], what('must be "batch" or "microbatch"')).optional(),
    wholeBatch: flag(),
    value: z
      .object({
        name: z.string(),
        value: callable('must be a function, v(z)'),
        loss: callable('must be a function, a constant minus v(z)'),
      })
      .optional(),
  })
  .superRefine(({ feedback, needs }, context) => {
    const wrong = binaryNeeds.find((need) => needs?.[need] && feedback !== 'binary');
    if (wrong) context.addIssue({ code: 'custom', path: ['needs', wrong], message: 'is for binary feedback only' });
  });

/**
 * Gives back what it is given, if that is a loss as far as this shows before it is called.
 *
 * @param where the file, and what of it
 * @throws InputError that names the field of the contract which is missing or wrong
 */
export function requireLoss(value: unknown, where: string): Loss {
  if (typeof value !== 'object' || value === null) {
    throw new InputError(`${where} is ${value === null ? 'null' : `of type ${typeof value}`}, and should be a loss.`);
  }
  validate(contract, value, where);
  return value as Loss;
}
