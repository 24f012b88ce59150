import { expect, test } from 'vitest';
import { checkSameTokens } from './same_tokens';

const of = (...ids: number[][]) => ({ seconds: 1, ids });

test('the same tokens pass, and the first that differs is named', () => {
  checkSameTokens(of([1, 2], [3, 4]), of([1, 2], [3, 4]));
  const differ = (a: number[][], b: number[][]) => () => checkSameTokens(of(...a), of(...b));
  expect(
    differ(
      [
        [1, 2],
        [3, 4],
      ],
      [
        [1, 2],
        [3, 5],
      ],
    ),
  ).toThrow('token 2 behind prompt 2 is 4 in halokit and 5 in PyTorch');
  expect(differ([[1, 2]], [[1]])).toThrow('token 2 behind prompt 1 is 2 in halokit and undefined');
  expect(differ([[1]], [[1, 2]])).toThrow('undefined in halokit and 2');
  expect(differ([[1]], [])).toThrow('token 1 behind prompt 1');
  expect(differ([], [])).toThrow('Nothing was written.');
});
