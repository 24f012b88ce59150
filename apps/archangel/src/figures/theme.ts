/** What a figure is drawn on. */
export interface Theme {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  readonly warn: string;
  /** Behind what is good or bad. */
  readonly good: string;
  readonly bad: string;
  /** One for each curve but a person's own, which is of ink. Told apart by colour-blind readers too (after Okabe and Ito). */
  readonly colours: readonly string[];
}

export const light: Theme = {
  paper: '#ffffff',
  ink: '#1a1a1a',
  faint: '#5c5c5c',
  grid: '#e3e3e3',
  warn: '#a34a00',
  good: '#d9f0e6',
  bad: '#fbe3d6',
  colours: ['#0072b2', '#d55e00', '#009e73', '#b0478a', '#b07900', '#3a9bd6', '#7a6ff0', '#7d7d7d'],
};

const dark: Theme = {
  paper: '#16181d',
  ink: '#f2f2f2',
  faint: '#a9adb5',
  grid: '#2e323a',
  warn: '#ff9d5c',
  good: '#174a39',
  bad: '#5a3218',
  colours: ['#4aa8ea', '#ff8a3d', '#2ccf9f', '#f08cc8', '#f0c23c', '#9fd8ff', '#a89cff', '#9a9a9a'],
};

/** A theme's colours by the names of their custom properties: `--ink`, `--c0`. */
function properties({ colours, ...named }: Theme): [name: string, colour: string][] {
  return [...Object.entries(named), ...colours.map((colour, i): [string, string] => [`c${i}`, colour])].map(
    ([name, colour]) => [`--${name}`, colour],
  );
}

const declared = (theme: Theme) =>
  properties(theme)
    .map(([name, colour]) => `${name}: ${colour};`)
    .join(' ');

/** Style that declares the colours: dark ones on a screen where dark is wished for, light ones elsewhere, paper included. */
export const palette = `
  :root { color-scheme: light dark; ${declared(light)} }
  @media screen and (prefers-color-scheme: dark) { :root { ${declared(dark)} } }`;

/** A drawing in the light theme as one that takes its colours from the page it is on. */
export function inPalette(svg: string): string {
  return properties(light).reduce((text, [name, colour]) => text.replaceAll(`"${colour}"`, `"var(${name})"`), svg);
}
