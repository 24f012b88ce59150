import type { GridResults } from '../results/grid_results';

/** Results as a JSON document with a cell a line, so that two of them can be compared line by line. */
export function resultsJson(results: GridResults): string {
  const parts = Object.entries(results).map(([key, value]) => {
    const isList = Array.isArray(value) && value.some((item) => typeof item === 'object');
    const items = isList && value.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
    return `  ${JSON.stringify(key)}: ${isList ? `[\n${items}\n  ]` : JSON.stringify(value)}`;
  });
  return `{\n${parts.join(',\n')}\n}\n`;
}
