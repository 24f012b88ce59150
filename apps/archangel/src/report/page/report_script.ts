/**
 * Filters the answers and shows some at a time. Whatever a model wrote gets into the page as text alone (`textContent`), and
 * only where it is looked at, so that thousands of pairs stay light.
 */
export const reportScript = `
  const { texts, groups, sets, cards } = JSON.parse(document.getElementById('answers-data').textContent);
  const [atOnce, folded] = [10, 1500];
  const outcomes = [['win', 'won'], ['tie', 'tied'], ['loss', 'lost'], ['unparsable', 'unparsable'], ['place', 'the judge preferred a place']];
  const byId = (id) => document.getElementById(id);
  const [form, list, count, more] = ['filter', 'cards', 'count', 'more'].map(byId);
  const lower = [];
  let [found, shown] = [[], 0];

  const element = (tag, className, ...content) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...content);
    return made;
  };
  const number = (value) => value.toLocaleString('en-US');

  const textBlock = (index, className) => {
    const text = texts[index];
    const pre = element('pre', className);
    pre.dir = 'auto';
    if (text.length <= folded) {
      pre.textContent = text;
      return [pre];
    }
    const button = element('button', 'fold');
    button.type = 'button';
    const set = (open) => {
      pre.textContent = open ? text : text.slice(0, folded) + ' …';
      button.textContent = open ? 'Show less' : 'Show all ' + number(text.length) + ' characters';
      button.setAttribute('aria-expanded', String(open));
    };
    button.onclick = () => set(button.getAttribute('aria-expanded') !== 'true');
    set(false);
    return [pre, button];
  };

  const cardOf = ({ group, set, outcome, place, prompt, answers, said }) => {
    const head = element('p', 'faint');
    if (outcome) head.append(element('span', 'badge ' + outcome, outcomes.find(([name]) => name === outcome)[1]), ' ');
    head.append([groups[group], sets[set], place ? 'the judge preferred a place' : ''].filter(Boolean).join('; '));
    const sides = element('div', 'sides', ...answers.map(({ name, tokens, note, text }) => {
      const about = [tokens === undefined ? '' : number(tokens) + ' tokens', note ?? ''].filter(Boolean).join(', ');
      return element('div', '', element('p', '', element('b', '', name), about ? ' ' + about : ''), ...textBlock(text));
    }));
    const card = element('article', '', head, ...textBlock(prompt, 'prompt'), sides);
    if (said.length > 0) {
      card.append(element('details', '', element('summary', '', 'What the judge said'), ...said.flatMap((text) => textBlock(text))));
    }
    return card;
  };

  const showMore = () => {
    const next = found.slice(shown, shown + atOnce);
    list.append(...next.map(cardOf));
    shown += next.length;
    count.textContent = found.length === 0 ? 'None.' : number(shown) + ' shown of ' + number(found.length) + (found.length < cards.length ? ' found, of ' + number(cards.length) : '') + '.';
    more.hidden = shown >= found.length;
  };

  const filter = () => {
    const wanted = (id) => byId(id).value;
    const [group, outcome, set, words] = ['group', 'outcome', 'set', 'words'].map(wanted);
    const sought = words.trim().toLowerCase();
    const holds = sought === '' ? undefined : texts.map((text, i) => (lower[i] ??= text.toLowerCase()).includes(sought));
    found = cards.filter((card) =>
      (group === '' || card.group === Number(group)) &&
      (set === '' || card.set === Number(set)) &&
      (outcome === '' || (outcome === 'place' ? card.place : card.outcome === outcome)) &&
      (!holds || holds[card.prompt] || card.answers.some(({ text }) => holds[text])));
    shown = 0;
    list.replaceChildren();
    showMore();
  };

  const fill = (id, options) => {
    for (const [value, label] of options) byId(id).append(new Option(label, value));
    byId(id).parentElement.hidden = options.length < 2;
  };
  fill('group', groups.map((name, i) => [String(i), name]));
  fill('set', sets.map((name, i) => [String(i), name]));
  fill('outcome', outcomes.filter(([name]) => cards.some((card) => (name === 'place' ? card.place : card.outcome === name))));
  let timer;
  form.oninput = () => {
    clearTimeout(timer);
    timer = setTimeout(filter, 120);
  };
  form.onsubmit = (event) => event.preventDefault();
  more.onclick = showMore;
  form.hidden = false;
  filter();
`;
