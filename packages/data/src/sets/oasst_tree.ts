import type { Preference, Turn } from '../feedback';
import type { Tally } from '../tally';
import type { OasstMessage } from './oasst_message';

/** Prompts are copied for every pair; no real conversation comes near this. */
const deepest = 1000;

/** A message on its way: where it stands, and why it is left out, if it is. */
interface Node {
  readonly message: OasstMessage;
  readonly parent: Node | undefined;
  readonly depth: number;
  readonly reason: string | undefined;
}

/** The pairs of one tree, and its messages counted; `oasstPreferences` says by which rule. */
export function* treePreferences(messages: readonly OasstMessage[], tally: Tally): Generator<Preference> {
  const { nodes, duplicates } = place(messages);
  const used = new Set<OasstMessage>();
  const pairs: Preference[] = [];
  const doubled = new Set<OasstMessage>();
  for (const [better, worse] of rankedPairs(nodes, doubled)) {
    const prompt: Turn[] = [];
    for (let node = worse.parent; node; node = node.parent) {
      prompt.unshift({ role: node.message.role === 'prompter' ? 'user' : 'assistant', content: node.message.text });
      used.add(node.message);
    }
    used.add(better.message).add(worse.message);
    const { row } = worse.message;
    const pair = { prompt, chosen: better.message.text, rejected: worse.message.text, set: 'oasst', source: row.file };
    pairs.push({ ...pair, line: row.line, ...(better.message.rank === 0 ? {} : { sftTarget: false }) });
  }
  for (const { message, reason } of nodes) {
    const prompterRank = message.role === 'prompter' && message.rank !== undefined;
    if (used.has(message)) tally.keep(prompterRank ? ['a prompter’s message with a rank: rank ignored'] : []);
    else tally.drop(reason ?? unusedReason(message, doubled));
  }
  for (let i = 0; i < duplicates; i++) tally.drop('a message_id that came before');
  yield* pairs;
}

/** Each reply of rank r >= 1 with its sibling of rank r - 1, in the order of the worse ones. */
function* rankedPairs(nodes: readonly Node[], doubled: Set<OasstMessage>): Generator<[better: Node, worse: Node]> {
  const byRank = new Map<Node, Map<number, Node>>();
  const candidates = nodes.filter(
    ({ message, parent, reason }) =>
      reason === undefined && parent !== undefined && message.role === 'assistant' && message.rank !== undefined,
  );
  for (const node of candidates) {
    const siblings = byRank.get(node.parent as Node) ?? new Map<number, Node>();
    byRank.set(node.parent as Node, siblings);
    const rank = node.message.rank as number;
    if (siblings.has(rank)) doubled.add(node.message);
    else siblings.set(rank, node);
  }
  for (const node of candidates) {
    const better = byRank.get(node.parent as Node)?.get((node.message.rank as number) - 1);
    if (better && !doubled.has(node.message)) yield [better, node];
  }
}

function unusedReason(message: OasstMessage, doubled: Set<OasstMessage>): string {
  const { role, rank } = message;
  if (role === 'prompter') {
    return rank === undefined ? 'a prompt without replies to compare' : 'a prompter’s message with a rank';
  }
  if (rank === undefined) return 'no rank';
  return doubled.has(message) ? 'a rank that a sibling has too' : 'no sibling of a neighbouring rank';
}

/** Every message once, in the order given, where its parents put it. */
function place(messages: readonly OasstMessage[]): { nodes: Node[]; duplicates: number } {
  const byId = new Map<string, OasstMessage>();
  for (const message of messages) if (!byId.has(message.id)) byId.set(message.id, message);
  const replies = new Map<string, OasstMessage[]>();
  const open: Node[] = [];
  for (const message of byId.values()) {
    const { parent } = message;
    if (parent === undefined) open.push(atRoot(message));
    else if (!byId.has(parent)) open.push(leftOut(message, 'its parent is missing'));
    else {
      const siblings = replies.get(parent);
      if (siblings) siblings.push(message);
      else replies.set(parent, [message]);
    }
  }
  const placed = new Map<OasstMessage, Node>();
  for (let node = open.pop(); node; node = open.pop()) {
    placed.set(node.message, node);
    for (const reply of replies.get(node.message.id) ?? []) open.push(below(reply, node));
  }
  // What no path from the top reaches and yet has its parent goes round in a circle, or hangs on one.
  const nodes = [...byId.values()].map((message) => placed.get(message) ?? leftOut(message, 'in a circle of parents'));
  return { nodes, duplicates: messages.length - byId.size };
}

function atRoot(message: OasstMessage): Node {
  const reason = message.role === 'assistant' ? 'an assistant’s message at the root' : undefined;
  return { message, parent: undefined, depth: 1, reason: ownReason(message) ?? reason };
}

function leftOut(message: OasstMessage, reason: string): Node {
  return { message, parent: undefined, depth: 1, reason: ownReason(message) ?? reason };
}

function below(message: OasstMessage, parent: Node): Node {
  const depth = parent.depth + 1;
  return { message, parent, depth, reason: ownReason(message) ?? reasonBelow(message, parent, depth) };
}

function ownReason({ deleted, reviewed, language, text }: OasstMessage): string | undefined {
  if (deleted) return 'deleted';
  if (!reviewed) return 'not passed by review';
  if (language !== 'en') return 'not English';
  return text === '' ? 'empty message' : undefined;
}

function reasonBelow(message: OasstMessage, parent: Node, depth: number): string | undefined {
  if (parent.reason !== undefined) return 'below a message that is left out';
  if (parent.message.role === message.role) return 'the same role as the message it answers';
  return depth > deepest ? `deeper than ${deepest} messages` : undefined;
}
