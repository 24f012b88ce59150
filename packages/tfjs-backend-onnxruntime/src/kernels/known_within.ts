import type { Value } from '../graph/value';

/** Whether all ids are known to lie in [0, count). Those of a routine's argument are: its callers must know them to. */
export function knownWithin(value: Value, count: number): boolean {
  const { host, bound } = value;
  if (bound !== undefined && bound <= count) return true;
  const argument = argumentBehind(value);
  if (argument) {
    argument.bound = Math.min(argument.bound ?? count, count);
    return true;
  }
  return host?.every((id: number | bigint) => id >= 0 && id < count) ?? false;
}

function argumentBehind(value: Value): Value | undefined {
  let base = value;
  while (base.node?.op === 'Reshape') base = base.node.inputs[0] as Value;
  return base.argument ? base : undefined;
}
