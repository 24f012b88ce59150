import { InputError } from '../input_error';

/** What is wanted of a tokenizer's config: its template, and the tokens that templates name (`bos_token`, ...). */
export interface TemplateSource {
  readonly template: string;
  readonly tokens: Readonly<Record<string, string>>;
}

/**
 * The chat template of a `tokenizer_config.json`: text, or one of a list of `{ name, template }`.
 *
 * @param name which of a list; `default` unless told otherwise
 * @param file the config's name, for errors
 * @throws InputError when there is none, or none of that name
 */
export function findTemplate(config: object, file: string, name = 'default'): TemplateSource {
  const { chat_template: found } = config as { chat_template?: unknown };
  return { template: templateText(found, file, name), tokens: namedTokens(config) };
}

function templateText(found: unknown, file: string, name: string): string {
  if (typeof found === 'string') return found;
  if (found === undefined || found === null) {
    throw new InputError(`${file}: has no chat_template. Use the tulu format, or a tokenizer that brings a template.`);
  }
  const templates = Array.isArray(found) ? found.map(namedTemplate) : [undefined];
  if (templates.includes(undefined)) {
    throw new InputError(`${file}: chat_template must be text, or a list of { name, template }.`);
  }
  const named = templates as { name: string; template: string }[];
  const chosen = named.find((one) => one.name === name);
  if (chosen) return chosen.template;
  const names = named.map((one) => `"${one.name}"`).join(', ');
  throw new InputError(
    `${file}: has no chat template named "${name}". Name one of ${names || 'none: the list is empty'}.`,
  );
}

function namedTemplate(value: unknown): { name: string; template: string } | undefined {
  const { name, template } = (value ?? {}) as { name?: unknown; template?: unknown };
  return typeof name === 'string' && typeof template === 'string' ? { name, template } : undefined;
}

function namedTokens(config: object): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    if (!key.endsWith('_token')) continue;
    const text: unknown =
      typeof value === 'object' && value !== null ? (value as { content?: unknown }).content : value;
    if (typeof text === 'string') tokens[key] = text;
  }
  return tokens;
}
