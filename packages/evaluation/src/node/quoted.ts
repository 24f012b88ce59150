/** What a server said, as a message shows it: cut where it is long, and without control characters. */
export function quoted(text: string): string {
  const cut = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return JSON.stringify(cut).replaceAll(/\p{Control}/gu, '\ufffd');
}
