/** Commands in which every rank takes part. All others are rank 0's alone. */
const shared = ['train', 'reference', 'sample', 'judge', 'label', 'grid job'];

/** @param args of the app, the command first */
export function takesPart([name = '', second = '', ...rest]: readonly string[]): boolean {
  if ([second, ...rest].some((arg) => arg === '--help' || arg === '-h')) return false;
  return shared.includes(name) || shared.includes(`${name} ${second}`);
}
