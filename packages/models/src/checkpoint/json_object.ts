import { InputError } from '../input_error';
import type { OpenFile } from './checkpoint_files';

/** The format's reference implementation refuses headers above 100 MB; no other JSON of a checkpoint comes near. */
export const longestJson = 100_000_000;
const deepestNesting = 64;

/**
 * A JSON object from UTF-8 bytes. A key that stands twice in one object is refused, where `JSON.parse` keeps the last:
 * two readers could otherwise see two files in one.
 *
 * @param what names the object in errors
 * @throws InputError for anything else
 */
export function parseObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  let json: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    refuseOddities(text, what);
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof InputError) throw error;
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw new InputError(`${what}: is not a JSON object. Download the file again.`);
}

/** A whole file as a JSON object. */
export async function readObject(file: OpenFile): Promise<Record<string, unknown>> {
  return parseObject(await readJsonBytes(file), file.path);
}

/** The bytes of a JSON file, which has to be of a size that one has. */
export async function readJsonBytes(file: OpenFile): Promise<Uint8Array> {
  if (file.size > longestJson) throw new InputError(`${file.path}: is not a JSON object of at most 100 MB.`);
  return file.read(0, file.size);
}

/** What `JSON.parse` lets pass: repeated keys, and nesting without end. Other mistakes are left to it. */
function refuseOddities(text: string, what: string): void {
  const keysOfOpen: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '{' || char === '[') {
      keysOfOpen.push(new Set());
      if (keysOfOpen.length > deepestNesting) throw new InputError(`${what}: is nested too deep to be what it should.`);
    } else if (char === '}' || char === ']') {
      keysOfOpen.pop();
    } else if (char === '"') {
      const end = endOfString(text, i);
      if (isKey(text, end)) {
        const key = JSON.parse(text.slice(i, end)) as string;
        if (keysOfOpen.at(-1)?.has(key)) throw new InputError(`${what}: the key ${quoted(key)} stands there twice.`);
        keysOfOpen.at(-1)?.add(key);
      }
      i = end - 1;
    }
  }
}

/** Past the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function isKey(text: string, end: number): boolean {
  let i = end;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
  return text[i] === ':';
}

/** A name out of a file as an error shows it: on one line, and not without end. */
export function quoted(name: string): string {
  const plain = /^[\w.-]{1,200}$/.test(name) ? name : JSON.stringify(name);
  return plain.length > 200 ? `${plain.slice(0, 200)}...` : plain;
}
