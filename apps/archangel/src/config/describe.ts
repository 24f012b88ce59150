import type { ArgsDef } from 'citty';
import { z } from 'zod';

/** The keys of a config as flags for the help text, from the schema's own descriptions and defaults. */
export function configFlags(schema: z.ZodObject, prefix = ''): ArgsDef {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, JsonSchema> };
  return flags(properties, prefix);
}

interface JsonSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: unknown;
}

function flags(properties: Record<string, JsonSchema>, prefix: string): ArgsDef {
  const entries = Object.entries(properties).flatMap(
    ([key, { properties: inner, ...schema }]): [string, ArgsDef[string]][] => {
      if (inner) return Object.entries(flags(inner, `${prefix}${key}.`));
      // A record: its keys are somebody else's.
      const name = schema.additionalProperties ? `${kebab(key)}.option` : kebab(key);
      const choices = schema.enum ? `one of ${schema.enum.join(', ')}` : '';
      const fallback = isPlain(schema.default) ? `default: ${schema.default}` : '';
      const description = [schema.description, choices, fallback].filter(Boolean).join('; ');
      return [[prefix + name, { type: 'string', description }]];
    },
  );
  return Object.fromEntries(entries);
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
