import { createHash } from 'node:crypto';

/**
 * A name as part of a file's: letters, digits, `.`, `_` and `-`. One that has others gets six digits of its SHA-256 too, so
 * that different names stay different.
 */
export function slug(name: string): string {
  const plain = name.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
  if (plain === name) return name;
  const digits = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return plain === '' ? digits : `${plain.slice(0, 80)}-${digits}`;
}
