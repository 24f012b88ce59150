import type { Job } from '../job';

/** Cells of one model and seed that are named one by one. */
const named = 4;

/** A sentence for every model and seed of which cells are not there. */
export function absentCells(cells: readonly Job[], absent: readonly Job[]): string[] {
  const placeOf = ({ model, seed }: Job) => `${model}/seed-${seed}`;
  return [...new Set(absent.map(placeOf))].map((place) => {
    const [all, gone] = [cells, absent].map((jobs) => jobs.filter((job) => placeOf(job) === place)) as [Job[], Job[]];
    if (gone.length === all.length) return `${place}: none of its ${all.length} cells is there.`;
    const names = gone.map(({ name }) => name.slice(place.length + 1));
    const rest = names.length - named;
    const said = rest > 1 ? `${names.slice(0, named).join(', ')} and ${rest} more` : names.join(', ');
    return `${place}: ${gone.length} of its ${all.length} cells ${gone.length === 1 ? 'is' : 'are'} not there: ${said}.`;
  });
}
