import type { Card } from '../cards';

/**
 * Cards as JSON to stand in a page between `<script type="application/json">` tags: a text that several cards have is there
 * once, and nothing in it ends the element.
 */
export function packCards(cards: readonly Card[]): string {
  const [texts, groups, sets] = [new Places(), new Places(), new Places()];
  const packed = cards.map(({ group, set, outcome, orderDependent, prompt, answers, said }) => ({
    group: groups.of(group),
    set: set === '' ? -1 : sets.of(set),
    ...(outcome !== '' && { outcome }),
    ...(orderDependent && { place: true }),
    prompt: texts.of(prompt),
    answers: answers.map(({ text, ...answer }) => ({ ...answer, text: texts.of(text) })),
    said: said.map((text) => texts.of(text)),
  }));
  const json = JSON.stringify({ texts: texts.all(), groups: groups.all(), sets: sets.all(), cards: packed });
  return json.replaceAll('<', '\\u003c');
}

/** Texts by the place at which each was met first. */
class Places {
  private readonly places = new Map<string, number>();

  of(text: string): number {
    const place = this.places.get(text) ?? this.places.size;
    this.places.set(text, place);
    return place;
  }

  all(): string[] {
    return [...this.places.keys()];
  }
}
