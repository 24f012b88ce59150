import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accounted, counted } from '../../test/rows';
import type { Binary } from '../feedback';
import { joinVotes } from './votes';

let line = 0;
const vote = (desirable: boolean, more: Partial<Binary> = {}): Binary => {
  line += 1;
  return { prompt: [{ role: 'user', content: 'a' }], response: 'b', desirable, source: 'f.jsonl', line, ...more };
};
const join = (...votes: Binary[]) => counted((tally) => joinVotes(votes, tally));

test('the majority decides, and every vote is accounted for', () => {
  const votes = [vote(false), vote(true), vote(true), vote(true)];
  const { result, counts } = join(...votes);
  expect(result).toEqual([votes[1]]);
  expect(counts).toMatchObject({
    read: 4,
    kept: 1,
    dropped: { 'contradictory: outvoted': 1, 'joined: the same vote on the same response': 2 },
  });
});

test('a tie is dropped', () => {
  const { result, counts } = join(vote(true), vote(false));
  expect(result).toEqual([]);
  expect(counts.dropped).toEqual({ 'tied votes': 2 });
});

test('other prompts and responses are other votes', () => {
  const other = vote(false, { prompt: [{ role: 'user', content: 'A' }] });
  const turns = vote(false, { prompt: [{ role: 'system', content: 'a' }] });
  const votes = [vote(true), vote(false, { response: 'c' }), other, turns];
  expect(join(...votes).result).toEqual(votes);
});

test('a user’s later vote replaces the earlier one', () => {
  const [first, second] = [vote(true, { user: 'u' }), vote(false, { user: 'u' })];
  const { result, counts } = join(first, second);
  expect(result).toEqual([second]);
  expect(counts.dropped).toEqual({ 'replaced by the same user’s later vote': 1 });
  const stated = [vote(true, { user: 'u', time: 2 }), vote(false, { user: 'u', time: 1 })];
  expect(join(...stated).result).toEqual([stated[0]]);
  const halfStated = [vote(true, { user: 'u', time: 2 }), vote(false, { user: 'u' })];
  expect(join(...halfStated).result).toEqual([halfStated[1]]);
});

test('one user cannot outvote two others, and nobody’s votes are their own', () => {
  const loud = Array.from({ length: 5 }, () => vote(true, { user: 'loud' }));
  expect(join(...loud, vote(false, { user: 'u' }), vote(false, { user: 'v' })).result).toMatchObject([
    { desirable: false },
  ]);
  expect(join(vote(true), vote(true), vote(false)).result).toMatchObject([{ desirable: true }]);
});

test('any votes: nothing lost, each response once, on the side with more votes', () => {
  const any = fc.record({
    prompt: fc.constantFrom('a', 'é', 'e\u0301', '\ud83d', '').map((content) => [{ role: 'user', content }] as const),
    response: fc.constantFrom('b', 'B', 'b ', '__proto__'),
    desirable: fc.boolean(),
    user: fc.constantFrom(undefined, 'u', 'v', 'constructor'),
    time: fc.constantFrom(undefined, 1, 2),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 30 }), (drafts) => {
      const votes: Binary[] = drafts.map((draft, i) => ({ ...draft, source: 'f', line: i + 1 }));
      const { result, counts } = join(...votes);
      expect([counts.read, counts.kept]).toEqual([votes.length, result.length]);
      expect(accounted(counts)).toBe(votes.length);
      const key = ({ prompt, response }: Binary) => `${prompt[0]?.content}|${response}`;
      expect(new Set(result.map(key)).size).toBe(result.length);
      for (const kept of result.filter((one) =>
        votes.filter((v) => key(v) === key(one)).every((v) => v.user === undefined),
      )) {
        const same = votes.filter((one) => key(one) === key(kept));
        expect(same.filter((one) => one.desirable === kept.desirable).length * 2).toBeGreaterThan(same.length);
      }
    }),
  );
});
