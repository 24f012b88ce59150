import type { Loss } from '@halokit/losses';

/** A loss's name for the person: acronyms as such, others as they are. */
export function lossLabel({ name }: Pick<Loss, 'name'>): string {
  return /^[a-z]{3,4}$/.test(name) ? name.toUpperCase() : name;
}
