import { z } from 'zod';
import { validate } from '../config/validate';
import type { LossSource } from './loss_source';

const pair = z.tuple([z.number(), z.number()], { error: 'must be two numbers, as in [0.5, 2]' });

/**
 * All options of a loss: its defaults, and those given on top. `humanline` is everybody's.
 *
 * @throws InputError for an option that it has not, answered with the nearest, or one that is not of its default's kind
 */
export function lossOptions(
  { defaults, choices }: LossSource,
  given: Readonly<Record<string, unknown>>,
  where: string,
): Record<string, unknown> {
  const own = Object.entries(defaults ?? {}).map(([key, value]): [string, z.ZodType] => [
    key,
    optionSchema(value, choices?.[key]).optional(),
  ]);
  const shape = { ...Object.fromEntries(own), humanline: pair.optional() };
  const schema = z.strictObject({ loss: defaults ? z.strictObject(shape) : z.looseObject(shape) });
  return { ...defaults, ...validate(schema, { loss: given }, where).loss };
}

function optionSchema(value: unknown, choices?: readonly string[]): z.ZodType {
  if (choices) return z.enum(choices as [string, ...string[]]);
  if (Array.isArray(value) && value.length === 2) return pair;
  switch (typeof value) {
    case 'number':
      return z.number();
    case 'string':
      return z.string();
    case 'boolean':
      return z.boolean();
    default:
      return z.unknown();
  }
}
