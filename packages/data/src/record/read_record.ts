import type { Binary, Preference } from '../feedback';
import type { Row } from '../row';
import { readConversation } from './conversation';
import type { Field, Format } from './format';
import type { Layout } from './layout';
import { originOf } from './origin';
import { readOne, readSeveral } from './rated';
import { readTexts } from './texts';
import { isBlank, isEmpty, type Reading, readNumber, readThumb, type View, viewOf } from './view';

/** A row's feedback. @throws InputError naming file, line and field where one is missing or wrong */
export function readRecord(row: Row, { format, columns }: Layout): Reading {
  return readers[format](viewOf(row, columns));
}

const readers: Readonly<Record<Format, (view: View) => Reading>> = {
  binary: readBinary,
  preferences: (view) => readPreference(view, 'chosen', 'rejected'),
  sides: readSides,
  scores: (view) => readOne(view, 'scores'),
  'score lists': (view) => readSeveral(view, 'scores'),
  ranks: (view) => readOne(view, 'ranks'),
  rankings: (view) => readSeveral(view, 'ranks'),
  conversations: readConversation,
};

function readBinary(view: View): Reading {
  const read = readTexts(view, ['response']);
  const desirable = readThumb(view);
  const origin = originOf(view);
  if (typeof read === 'string') return read;
  const [response] = read.texts as [string];
  if (isEmpty(response)) return 'empty response';
  const example: Binary = { prompt: read.prompt, response, desirable, ...origin };
  return { records: [{ kind: 'binary', example }], repairs: [] };
}

function readPreference(view: View, better: Field, worse: Field): Reading {
  const read = readTexts(view, [better, worse]);
  const margin = isBlank(view.value('margin')) ? {} : { margin: readNumber(view, 'margin') };
  const origin = originOf(view);
  if (typeof read === 'string') return read;
  const [chosen, rejected] = read.texts as [string, string];
  if (isEmpty(chosen) || isEmpty(rejected)) return 'empty response';
  const example: Preference = { prompt: read.prompt, chosen, rejected, ...margin, ...origin };
  return { records: [{ kind: 'preferences', example }], repairs: [] };
}

/** As HALOs writes pairs: the label says whether A is the better. */
function readSides(view: View): Reading {
  return readThumb(view) ? readPreference(view, 'output_A', 'output_B') : readPreference(view, 'output_B', 'output_A');
}
