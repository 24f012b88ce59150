import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseObject, quoted } from './json_object';

const parse = (text: string) => parseObject(new TextEncoder().encode(text), 'a.json');

test.each([
  ['{"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]}', 'keys that recur in other objects'],
  ['{"a": "\\"a\\": 1, {", "b": "}"}', 'keys, quotes and braces inside texts'],
  [' {"__proto__": {"x": 1}, "constructor": 2}\n', 'names of what every object has'],
  ['{"a\\\\": 1, "a\\"": 2}', 'escaped ends'],
])('%s is read: %s', (text) => {
  expect(parse(text)).toEqual(JSON.parse(text));
  expect(Object.keys(parse(text))).toEqual(Object.keys(JSON.parse(text)));
});

test.each([
  ['{"a": 1, "a": 2}', 'a.json: the key a stands there twice'],
  ['{"a": {"b": 1, "c": [], "b": 2}}', 'the key b stands there twice'],
  ['{"a": 1, "\\u0061" : 2}', 'the key a stands there twice'],
  ['{"a\\nb": 1, "a\\nb"\n\t: 2}', 'the key "a\\nb" stands there twice'],
  ['[1]', 'a.json: is not a JSON object'],
  ['null', 'is not a JSON object'],
  ['{"a": NaN}', 'is not a JSON object'],
  ['{"a": 1', 'is not a JSON object'],
  ['{"a', 'is not a JSON object'],
  ['', 'is not a JSON object'],
  [`{"a": ${'['.repeat(100)}${']'.repeat(100)}}`, 'is nested too deep'],
  ['['.repeat(1_000_000), 'is nested too deep'],
])('%.40s is refused', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test('what is not UTF-8 is refused', () => {
  const bytes = Uint8Array.from([...new TextEncoder().encode('{"a": "'), 0xff, ...new TextEncoder().encode('"}')]);
  expect(() => parseObject(bytes, 'a.json')).toThrow('a.json: is not a JSON object');
});

test('any object is read as JSON.parse reads it, however it is spaced', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })),
      fc.constantFrom(0, 1, '\t'),
      (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parse(text)).toEqual(JSON.parse(text));
      },
    ),
  );
});

test('names stand on one line of an error, and end', () => {
  expect(quoted('model.layers.0.weight')).toBe('model.layers.0.weight');
  expect(quoted('a\nb')).toBe('"a\\nb"');
  expect(quoted('x'.repeat(1e6)).length).toBeLessThan(300);
  expect(quoted('\0'.repeat(1e6)).length).toBeLessThan(300);
});
