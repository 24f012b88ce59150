import type { Binary, Ranked, Scored } from '../feedback';
import { InputError } from '../input_error';
import type { Tally } from '../tally';
import { type Group, rankGroups, scoreGroups } from './candidates';
import { Ledger } from './ledger';
import { checkThumbRule, type ThumbRule, thresholdOf, thumbFor } from './threshold';

/** Scores or ranks as thumbs. `desirable` is 'high' unless stated. */
export type ThumbOptions = Omit<ThumbRule, 'desirable'> & Partial<Pick<ThumbRule, 'desirable'>>;

/**
 * Each scored response as desirable or not: by a number, or by the mean or median score of all distinct responses.
 * A response that was scored several times under one prompt is one example, at its mean score.
 *
 * @throws InputError for options of the wrong type
 */
export function scoresToBinary(records: readonly Scored[], options: ThumbOptions, tally: Tally): Binary[] {
  return settled(records, tally, (ledger) => scoreThumbs(records, options, ledger));
}

/**
 * Each ranked response as desirable or not: by a number, the best so many ranks are desirable; by 'mean' or 'median',
 * those above the mean or median rank of the responses they were ranked with, so the better half of them.
 *
 * @throws InputError for options of the wrong type
 */
export function ranksToBinary(records: readonly Ranked[], options: ThumbOptions, tally: Tally): Binary[] {
  return settled(records, tally, (ledger) => rankThumbs(records, options, ledger));
}

export function scoreThumbs(records: readonly Scored[], options: ThumbOptions, ledger: Ledger): Binary[] {
  const rule = ruleOf(options);
  const groups = scoreGroups(records, ledger);
  const values = groups.flatMap((group) => group.map(({ value }) => value));
  if (values.length === 0) return [];
  const threshold = thresholdOf(values, rule.threshold);
  return groups.flatMap((group) => thumbs(group, threshold, rule, ledger));
}

export function rankThumbs(records: readonly Ranked[], options: ThumbOptions, ledger: Ledger): Binary[] {
  const rule = ruleOf(options);
  if (rule.desirable === 'low') throw new InputError('desirable: the smallest rank is the best, so leave "low" away.');
  return rankGroups(records, ledger).flatMap((group) => {
    const values = group.map(({ value }) => value);
    const number = typeof rule.threshold === 'number' ? -rule.threshold : thresholdOf(values, rule.threshold);
    return thumbs(group, number, rule, ledger);
  });
}

function ruleOf(options: ThumbOptions): ThumbRule {
  const rule = { ...options, desirable: options.desirable ?? 'high' };
  checkThumbRule(rule);
  return rule;
}

function thumbs(group: Group, threshold: number, rule: ThumbRule, ledger: Ledger): Binary[] {
  return group.flatMap(({ response, value, origin, record }) => {
    const desirable = thumbFor(value, threshold, rule);
    if (desirable === undefined) {
      ledger.leave(record, 'at the threshold');
      return [];
    }
    ledger.use(record);
    return [{ ...origin, response, desirable }];
  });
}

function settled<T>(records: readonly unknown[], tally: Tally, convert: (ledger: Ledger) => T): T {
  const ledger = new Ledger(records.length);
  const result = convert(ledger);
  ledger.settle(tally);
  return result;
}
