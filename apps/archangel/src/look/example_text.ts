import { layOut, type Piece } from '../terminal/lay_out';
import { whole } from '../terminal/numbers';
import { exampleTitle } from './report_words';
import type { ShownExample, ShownResponse } from './shown_examples';

export interface ExampleStyle {
  readonly columns: number;
  readonly colour: boolean;
}

/** Characters shown of a prompt's end and of a response's beginning. */
const most = { prompt: 500, response: 900 };

const colours = { chosen: '1;32', desirable: '1;32', rejected: '1;33', undesirable: '1;33' } as const;

/** What tells what is trained on from what is only read. */
export function legend({ colour, columns }: ExampleStyle): string {
  const brackets = 'Trained on is what stands in ⟦brackets⟧, with its end token; the prompt before it is only read.';
  if (!colour) return layOut([{ text: brackets }], '', columns);
  const pieces: Piece[] = [
    { text: 'Trained on is what is ' },
    { text: 'bright', sgr: '1' },
    { text: ', with its ' },
    { text: 'end token', sgr: '7' },
    { text: '; the ' },
    { text: 'prompt', sgr: '2' },
    { text: ' is only read.' },
  ];
  return layOut(pieces, '', columns);
}

/** An example as running text, the prompt dim and what is trained on bright; in a pipe in brackets. */
export function exampleText(example: ShownExample, style: ExampleStyle): string {
  const { prompt, responses } = example;
  const { colour, columns } = style;
  const indent = '    ';
  const start = prompt.text.length - most.prompt;
  const shownPrompt = start > 0 ? `(${whole(start)} characters before) …${prompt.text.slice(start)}` : prompt.text;
  const head = layOut([{ text: exampleTitle(example) }], '  ', columns);
  const body = layOut([{ text: shownPrompt.trim(), ...(colour && { sgr: '2' }) }], indent, columns);
  const answers = responses.map((response) => {
    const title = `  ${response.class}, ${whole(response.tokens)} tokens`;
    return `${title}\n${layOut(responsePieces(response, colour), indent, columns)}`;
  });
  return [head, body, ...answers].join('\n');
}

function responsePieces({ text, end, class: name }: ShownResponse, colour: boolean): Piece[] {
  const rest = text.length - most.response;
  const shown = rest > 0 ? `${text.slice(0, most.response)}… (${whole(rest)} characters more)` : text;
  const cut = end === undefined ? [{ text: ' (cut: no end token)' }] : [];
  if (!colour) return [{ text: `⟦${shown}${end ?? ''}⟧` }, ...cut];
  return [{ text: shown, sgr: colours[name] }, ...(end === undefined ? [] : [{ text: end, sgr: '7' }]), ...cut];
}
