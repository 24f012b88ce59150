import type { GridResults } from '../../results/grid_results';
import { heldOut } from '../measures';
import { shares } from '../over_seeds';
import type { Section } from '../section';
import { sizeTable } from './by_size';

/** Of all figures those that are shares, and can be read beside each other. */
const shown = ['reward accuracy', 'area under the ROC curve'];

/** What the models' own rewards say of feedback that was held out. */
export function heldOutSection(results: GridResults): Section {
  const tables = shown
    .map((name) => sizeTable(results, { unit: 'share', measure: heldOut(name), limits: shares }, capital(name)))
    .filter(({ rows }) => rows.length > 0);
  return {
    id: 'held-out',
    title: 'Rewards on held-out feedback',
    about: [
      'Whether the reward that a model implies tells the better answer from the worse, or desirable answers from undesirable ones, over seeds as above. It says nothing of the answers that the model gives.',
    ],
    ...{ charts: [], tables, findings: [] },
  };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
