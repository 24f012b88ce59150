import type { Prompt } from '../feedback';

/**
 * A prompt by what it says: prompts that differ only in spaces, line ends or the way their characters are composed
 * (NFC) are one, as data sets copy each other's and clean them differently.
 */
export function promptIdentity(prompt: Prompt): string {
  return JSON.stringify(
    prompt.map(({ role, content }) => [role, content.normalize('NFC').replace(/\s+/g, ' ').trim()]),
  );
}

/**
 * Where a prompt falls between 0 and 1, evenly spread: the same place for the same prompt, salt and program, whatever
 * stands beside it. Different salts give places that have nothing to do with each other.
 */
export function promptPlace(prompt: Prompt, salt: string): number {
  return textPlace(promptIdentity(prompt), salt);
}

/** The same for a text. 53 bits of a hash, two multiplicative halves stirred into each other (cyrb53). */
export function textPlace(text: string, salt: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  const whole = `${salt}\n${text}`;
  for (let i = 0; i < whole.length; i++) {
    const unit = whole.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return ((b & 0x1fffff) * 2 ** 32 + (a >>> 0)) / 2 ** 53;
}
