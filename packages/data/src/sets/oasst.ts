import type { Preference } from '../feedback';
import { fieldsOf, type Rows, wrong } from '../row';
import type { Tally } from '../tally';
import { flatMessage, nestedTree, type OasstMessage } from './oasst_message';
import { treePreferences } from './oasst_tree';

/**
 * OpenAssistant's trees of conversations, in either of their formats: one message a row (`message_id`, `parent_id`,
 * `message_tree_id`, `text`, `role`, `lang`, `deleted`, `review_result`, `rank`), or one tree a row, with the replies of
 * each message in it (`prompt: { ..., replies: [...] }`).
 *
 * A reply of rank r >= 1 is rejected in favour of its sibling of rank r - 1; the prompt is the path from the root. The SFT
 * target is the reply of rank 0. Only the assistant's replies are paired, only in English, only below and among
 * messages that are neither deleted nor failed by review.
 *
 * The tally counts messages: kept are those that serve in a pair, as a turn of its prompt or as one of its replies.
 * Dropped, each for the first reason that holds: deleted, not passed by review, not English, empty; orphans, circles and
 * what lies below any of these; a root that is the assistant's, a role that answers itself, a tree deeper than 1,000
 * messages; no rank, a rank that a sibling has too (the first keeps it), no sibling of a neighbouring rank; prompts
 * without replies to compare; a message_id that came before. A prompter's rank is ignored, and counted as a repair.
 *
 * Messages of a tree stand together in the files, so no more than one tree is in memory, and the ids of those before.
 *
 * Source: Köpf et al., "OpenAssistant Conversations"; the pairs are those of HALOs, which trains SFT on the worse one.
 *
 * @throws InputError for a row without one of the fields or with one of the wrong type, and for a message of a tree that
 * ended before: in a file in another order most pairs would be lost
 */
export async function* oasstPreferences(rows: Rows, tally: Tally): AsyncGenerator<Preference> {
  const ended = new Set<string>();
  let tree: { id: string; messages: OasstMessage[] } | undefined;
  for await (const row of rows) {
    const { prompt } = fieldsOf(row);
    if (typeof prompt === 'object' && prompt !== null) {
      yield* treePreferences(nestedTree(row).messages, tally);
      continue;
    }
    const { tree: id, message } = flatMessage(row);
    if (tree?.id !== id) {
      if (tree) {
        ended.add(tree.id);
        yield* treePreferences(tree.messages, tally);
      }
      if (ended.has(id))
        throw wrong(row, `goes on with tree ${id}, which ended before: sort the rows by message_tree_id`);
      tree = { id, messages: [] };
    }
    tree.messages.push(message);
  }
  if (tree) yield* treePreferences(tree.messages, tally);
}
