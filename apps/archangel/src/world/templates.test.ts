import { expect, test } from 'vitest';
import { seeded } from './random';
import { ask, splitTemplates, templates } from './templates';

test('256 different templates, each with every slot once', () => {
  expect(new Set(templates.map((template) => template.text)).size).toBe(256);
  for (const { text } of templates) expect(text.match(/\{\w+\}/g)?.sort()).toEqual(['{day}', '{item}', '{number}']);
});

test('a split parts the templates and keeps the registers even', () => {
  const { train, heldOut } = splitTemplates(0.25, seeded(1, 0));
  expect([train.length, heldOut.length]).toEqual([192, 64]);
  expect(new Set([...train, ...heldOut])).toEqual(new Set(templates));
  expect(heldOut.filter((template) => template.register === 'polite')).toHaveLength(32);
  expect(splitTemplates(0.25, seeded(2, 0)).heldOut).not.toEqual(heldOut);
});

test('a prompt has its slots filled', () => {
  const { prompt, request } = ask({ register: 'casual', text: 'Hey, plan {number} {item} for {day}.' }, seeded(3, 0));
  expect(prompt).toBe(`Hey, plan ${request.number} ${request.item} for ${request.day}.`);
});
