import { InputError } from '../input_error';

/** Reads fields of a `config.json` by name; every error says which file and which field. A null is as good as absent. */
export class ConfigReader {
  constructor(
    private readonly json: Readonly<Record<string, unknown>>,
    readonly file: string,
  ) {}

  has(field: string): boolean {
    return (this.json[field] ?? undefined) !== undefined;
  }

  boolean(field: string, fallback?: boolean): boolean {
    return this.read(field, 'boolean', fallback);
  }

  string(field: string, fallback?: string): string {
    return this.read(field, 'string', fallback);
  }

  /** One of the keys of a table. */
  oneOf<T extends string>(field: string, known: Readonly<Record<T, unknown>>, fallback: T): T {
    const value = this.string(field, fallback);
    if (Object.hasOwn(known, value)) return value as T;
    return this.refuse(field, `is "${value}"; known are ${Object.keys(known).join(', ')}`);
  }

  /** A whole number of at least 1. */
  size(field: string, fallback?: number): number {
    return this.check(field, fallback, (x) => Number.isSafeInteger(x) && x >= 1, 'a whole number of at least 1');
  }

  /** A number above 0. */
  positive(field: string, fallback?: number): number {
    return this.check(field, fallback, (x) => x > 0 && x < Number.POSITIVE_INFINITY, 'a number above 0');
  }

  /** A number from 0 to 1. */
  share(field: string, fallback?: number): number {
    return this.check(field, fallback, (x) => x >= 0 && x <= 1, 'a number from 0 to 1');
  }

  tokenId(field: string): number | undefined {
    return this.has(field) ? this.asTokenId(field, this.json[field]) : undefined;
  }

  /** One token id or a list of them. */
  tokenIds(field: string): number[] {
    const value = this.json[field] ?? [];
    return (Array.isArray(value) ? value : [value]).map((id: unknown) => this.asTokenId(field, id));
  }

  object(field: string): ConfigReader | undefined {
    if (!this.has(field)) return undefined;
    const value = this.json[field];
    if (typeof value !== 'object' || Array.isArray(value)) return this.refuse(field, 'must be an object');
    return new ConfigReader(value as Record<string, unknown>, `${this.file}: ${field}`);
  }

  refuse(field: string, why: string): never {
    throw new InputError(`${this.file}: ${field} ${why}.`);
  }

  private check(field: string, fallback: number | undefined, holds: (value: number) => boolean, what: string): number {
    const value = this.read(field, 'number', fallback);
    if (!holds(value)) this.refuse(field, `is ${value}; it must be ${what}`);
    return value;
  }

  private asTokenId(field: string, id: unknown): number {
    if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return id;
    return this.refuse(field, `is ${JSON.stringify(this.json[field])}; token ids are whole numbers from 0`);
  }

  private read<T>(field: string, type: string, fallback: T | undefined): T {
    const value = this.json[field] ?? fallback;
    if (typeof value !== type) this.refuse(field, value === undefined ? 'is missing' : `must be a ${type}`);
    return value as T;
  }
}
