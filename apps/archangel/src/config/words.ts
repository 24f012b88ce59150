import { z } from 'zod';

/**
 * Parts a command line into the words that stand alone, before, between or behind its options, and the options, as
 * `readFlags` takes them. An option that is a switch in the schema takes no word for its value but true and false.
 */
export function wordsAndFlags(args: readonly string[], schema: z.ZodObject): { words: string[]; flags: string[] } {
  const switches = switchesOf(schema);
  const [words, flags]: [string[], string[]] = [[], []];
  for (let i = 0; i < args.length; i++) {
    const [arg, next] = [args[i] as string, args[i + 1]];
    if (!arg.startsWith('--')) words.push(arg);
    else if (switches.has(arg) && next !== 'true' && next !== 'false') flags.push(`${arg}=true`);
    else if (switches.has(arg.replace('--no-', '--')) && !switches.has(arg)) flags.push(arg);
    else {
      flags.push(arg);
      if (!arg.includes('=') && next !== undefined && !next.startsWith('--')) flags.push(args[++i] as string);
    }
  }
  return { words, flags };
}

/** The options that are on or off: `--offline`. */
function switchesOf(schema: z.ZodObject): ReadonlySet<string> {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as {
    properties?: Record<string, { type?: string }>;
  };
  const names = Object.keys(properties)
    .filter((key) => properties[key]?.type === 'boolean')
    .map((key) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  return new Set(names.map((name) => `--${name}`));
}
