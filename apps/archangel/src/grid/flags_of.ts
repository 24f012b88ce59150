import { isTree, type Tree } from '../config/flags';

/** A tree of keys as the flags that say the same: `{ loss: { beta: 0.1 } }` is `--loss.beta 0.1`. */
export function flagsOf(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const flag = prefix + key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (isTree(value)) return flagsOf(value, `${flag}.`);
    return [`--${flag}`, typeof value === 'string' ? value : JSON.stringify(value)];
  });
}
