import { htmlTable } from '../../figures/html';
import { shortSource } from '../../look/report_words';
import { whole } from '../../terminal/numbers';
import type { Report } from '../build_report';
import { paragraph, type Section } from './parts';

/** What was dropped from the data on the way into training, and what was left. */
export function dataSection({ data, runs }: Report): Section {
  const parts = data.map(({ runs: of, read, kept, changes, sets }) => {
    const whose = data.length === 1 && of.length === runs.length ? '' : `${of.join(', ')}: `;
    const nothing = changes.length === 0 ? ' Nothing was dropped or repaired.' : '';
    return [
      paragraph(`${whose}${whole(read)} rows read, ${whole(kept)} kept.${nothing}`),
      ...(changes.length === 0
        ? []
        : [
            htmlTable(
              ['where', '', 'why', 'rows'],
              changes.map(({ where, what, why, rows }) => [shortSource(where), what, why, whole(rows)]),
              3,
            ),
          ]),
      htmlTable(
        ['set', 'class', 'train', 'held out'],
        sets.map((row) => [row.set, row.class, whole(row.train), whole(row.heldOut)]),
        2,
      ),
    ].join('\n');
  });
  return { id: 'data', title: 'What was dropped from the data', body: parts.join('\n') };
}

/** What the runs were told: first where they differ. */
export function settingsSection({ settings: { differing, all }, runs }: Report): Section {
  if (all.length === 0) return { id: 'settings', title: 'Settings', body: '' };
  const header = ['setting', ...runs.map(({ label }) => label)];
  const rows = (settings: typeof all) => settings.map(({ key, values }) => [key, ...values]);
  const differences =
    runs.length === 1
      ? ''
      : differing.length === 0
        ? paragraph('The runs were told the same.')
        : `${paragraph('Where the runs differ:')}\n${htmlTable(header, rows(differing), header.length)}`;
  const body = `${differences}\n<details><summary>All settings, versions and fingerprints</summary>${htmlTable(header, rows(all), header.length)}</details>`;
  return { id: 'settings', title: 'Settings', body };
}
