import { InputError } from '../input_error';

/** A data set with a loader of its own. */
export type SetName = 'hh' | 'shp' | 'oasst';

/** A data set on the hub, or a folder or file in it. */
export interface HubPlace {
  readonly kind: 'hub';
  /** `owner/name`. */
  readonly repo: string;
  /** A branch, tag or commit. */
  readonly revision: string;
  /** Empty for all of it. */
  readonly path: string;
}

/** A file or folder of this machine. */
export interface LocalPlace {
  readonly kind: 'local';
  readonly path: string;
}

/** One part of a mixture. */
export interface Source {
  /** As it was written, without weight and cap. */
  readonly name: string;
  /** Absent where the files hold feedback in a documented format. */
  readonly set: SetName | undefined;
  readonly place: HubPlace | LocalPlace;
  /** A share of its prompts; above 1, how often they are repeated. */
  readonly weight: number;
  /** The most examples of it. */
  readonly cap: number | undefined;
}

/** Where each set is, when nobody says. */
const homes: Readonly<Record<SetName, string>> = {
  hh: 'Anthropic/hh-rlhf',
  shp: 'stanfordnlp/SHP',
  oasst: 'OpenAssistant/oasst1',
};

const names = Object.keys(homes) as SetName[];
const usage =
  `Use ${names.join(', ')}, one of them with a place (hh:PATH), or PATH for feedback in a documented format; ` +
  'PATH is a file, a folder or hf:owner/name@revision/folder';

/**
 * The sources of a spec such as `shp + hh*0.5 + oasst:trees.jsonl.gz#20000 + thumbs.jsonl`, parts joined by `+`:
 *
 * - `hh`, `shp`, `oasst`: that set, from the hub; `hh:PATH`: the same from elsewhere; `PATH`: files of feedback;
 * - `PATH`: a file, a folder, or `hf:owner/name`, if need be with `@revision` (`%2F` for a slash in it) and `/folder`;
 * - `*0.5`: a share of its prompts, drawn with the seed; above 1 they are repeated, `*2.5` two or three times;
 * - `#20000`: at most so many examples.
 *
 * A path that holds `+`, `*` or `#` itself is written in double quotes.
 *
 * @throws InputError naming the part and what is wrong with it
 */
export function parseSources(spec: string): Source[] {
  if ((spec.split('"').length - 1) % 2 !== 0) throw new InputError(`data: ${spec}: has a quote that is never closed.`);
  return cutAt(spec, '+').map(parsePart);
}

function parsePart(part: string): Source {
  const text = part.trim();
  if (text === '') throw new InputError(`data: a part is empty. ${usage}.`);
  const [beforeCap, ...caps] = cutAt(text, '#');
  const [name = '', ...weights] = cutAt(beforeCap as string, '*');
  if (caps.length > 1 || weights.length > 1 || cutAt(caps[0] ?? '', '*').length > 1) {
    throw new InputError(
      `data: ${text}: has more than one weight or cap. Write NAME*WEIGHT#CAP; a path that holds * or # goes in double quotes.`,
    );
  }
  const weight = weights[0] === undefined ? 1 : decimal(weights[0]);
  if (!(weight > 0 && weight <= 1000)) {
    throw new InputError(
      `data: ${text}: "${weights[0]}" is no weight. Write a number above 0, such as 0.5; a path that holds * goes in double quotes.`,
    );
  }
  const cap = caps[0] === undefined ? undefined : decimal(caps[0]);
  if (cap !== undefined && !(Number.isSafeInteger(cap) && cap > 0)) {
    throw new InputError(
      `data: ${text}: "${caps[0]}" is no number of examples. Write a whole number above 0; a path that holds # goes in double quotes.`,
    );
  }
  return { ...named(name.trim()), weight, cap };
}

function named(written: string): Pick<Source, 'name' | 'set' | 'place'> {
  const name = written.replaceAll('"', '');
  const quoted = written.startsWith('"');
  if (!quoted && isSet(name)) return { name, set: name, place: home(name) };
  // A single letter is a drive of Windows.
  const [, prefix, rest = ''] = (quoted ? null : /^([A-Za-z]\w+):(.*)$/s.exec(name)) ?? [];
  if (prefix !== undefined && prefix !== 'hf') {
    if (!isSet(prefix)) throw new InputError(`data: "${prefix}:" names no known set. ${usage}.`);
    if (rest === '') throw new InputError(`data: ${name}: names no file or folder. ${usage}.`);
    return { name, set: prefix, place: placeOf(rest) };
  }
  if (name === '') throw new InputError(`data: a part has no name. ${usage}.`);
  const place = placeOf(name);
  const known = names.find((set) => place.kind === 'hub' && place.repo.toLowerCase() === homes[set].toLowerCase());
  return { name, set: known, place };
}

function isSet(name: string): name is SetName {
  return (names as string[]).includes(name);
}

function home(set: SetName): HubPlace {
  return { kind: 'hub', repo: homes[set], revision: 'main', path: '' };
}

function placeOf(path: string): Source['place'] {
  if (!path.startsWith('hf:')) return { kind: 'local', path };
  const [, repo, revision, inside = ''] = /^hf:([\w.-]+\/[\w.-]+)(?:@([^/@]+))?(?:\/(.*))?$/s.exec(path) ?? [];
  const segments = inside.split('/').filter((segment) => segment !== '');
  if (
    repo === undefined ||
    /^\.+$/.test(revision ?? '') ||
    /(^|\/)\.+(\/|$)/.test(repo) ||
    segments.some((segment) => /^\.\.?$/.test(segment))
  ) {
    throw new InputError(`data: ${path}: names no data set of the hub. Write hf:owner/name@revision/folder.`);
  }
  return { kind: 'hub', repo, revision: unescaped(revision ?? 'main', path), path: segments.join('/') };
}

function unescaped(revision: string, path: string): string {
  try {
    return decodeURIComponent(revision);
  } catch {
    throw new InputError(`data: ${path}: "${revision}" is no revision. Write %2F for a slash in it.`);
  }
}

/** The pieces between `mark`s that stand outside of double quotes. */
function cutAt(text: string, mark: string): string[] {
  const pieces = [''];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === mark && !quoted) pieces.push('');
    else pieces[pieces.length - 1] += character;
  }
  return pieces;
}

function decimal(text: string): number {
  return /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
}
