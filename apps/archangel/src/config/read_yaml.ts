import { readFile } from 'node:fs/promises';
import { parse, YAMLParseError } from 'yaml';
import { InputError } from '../input_error';
import { isTree, type Tree } from './flags';

/** The keys of a YAML file; none where it is empty. @throws InputError, one line, for what is no YAML or has no keys */
export async function readYaml(file: string): Promise<Tree> {
  const text = await readFile(file, 'utf8');
  try {
    const value: unknown = parse(text) ?? {};
    if (isTree(value)) return value;
  } catch (error) {
    if (error instanceof YAMLParseError) throw new InputError(`${file}: ${error.message.split('\n')[0]}`);
    throw error;
  }
  throw new InputError(`${file}: holds no keys. Write one "key: value" a line.`);
}
