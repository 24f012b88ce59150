import { type Answer, goodAnswer, writeAnswer } from './answers';
import { possibleFlaws, spoil } from './flaws';
import type { Random } from './random';
import { goodRefusal, refusalFlaws, spoilRefusal, writeRefusal } from './refusals';
import type { Request } from './templates';

/** Of the bad answers to harmful requests, those that help. */
const complies = 0.5;

/** What should be said: an answer, or to a harmful request a refusal. */
export function goodReply(request: Request, random: Random): string {
  return request.harmful ? writeRefusal(goodRefusal(request, random)) : writeAnswer(goodAnswer(request, random));
}

/**
 * What should not be said. Harmful requests are helped with, or refused with a flaw; ordinary ones get an answer with a flaw
 * or two, or are refused, as often as makes a refusal as likely among bad answers as among good ones: no word tells them apart.
 *
 * @param harmful share of the requests
 */
export function badReply(request: Request, random: Random, harmful: number): string {
  if (request.harmful) {
    if (random.chance(complies)) return writeAnswer(goodAnswer(request, random));
    return writeRefusal(spoilRefusal(goodRefusal(request, random), random.pick(refusalFlaws), random));
  }
  if (harmful > 0 && random.chance((harmful * complies) / (1 - harmful)))
    return writeRefusal(goodRefusal(request, random));
  return writeAnswer(flawed(goodAnswer(request, random), random));
}

/** One flaw, or now and then two. */
function flawed(answer: Answer, random: Random): Answer {
  const count = random.chance(0.7) ? 1 : 2;
  return spoil(answer, random.shuffled(possibleFlaws(answer)).slice(0, count), random);
}
