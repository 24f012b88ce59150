import { baseStyle } from '../../figures/page';

const colours = Array.from({ length: 8 }, (_, i) => `  i.c${i} { border-top-color: var(--c${i}); }`).join('\n');

/** How the report looks, on a screen and on paper. */
export const reportStyle = `${baseStyle}
  main { max-width: 1120px; }
  h1 { font-size: 24px; line-height: 1.25; margin: 8px 0; }
  h2 { font-size: 19px; margin: 44px 0 8px; padding-bottom: 4px; border-bottom: 1px solid var(--grid); }
  h3 { font-size: 16px; margin: 22px 0 4px; }
  nav { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 12px 0; font-size: 15px; }
  a { color: var(--ink); text-decoration-color: var(--faint); text-underline-offset: 3px; }
  li { margin: 5px 0; overflow-wrap: anywhere; }
  .note { color: var(--warn); }
  .findings { padding-left: 20px; max-width: 80ch; }
  td { vertical-align: top; }
  table { font-size: 15px; }
  td { white-space: nowrap; }
  td.left { white-space: normal; overflow-wrap: break-word; min-width: 9ch; }
  #settings td.left { overflow-wrap: anywhere; min-width: 14ch; }
  small { color: var(--faint); white-space: nowrap; }
  .interval { width: 120px; height: 18px; margin: 2px 0; }
  .interval line { stroke: var(--faint); stroke-width: 1; }
  .interval .mark { stroke: var(--warn); stroke-width: 1.5; }
  .interval .range { stroke: var(--c0); stroke-width: 3; }
  .interval circle { fill: var(--c0); }
  .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: 18px 24px; margin: 14px 0; }
  .one { max-width: 520px; }
  figcaption { display: flex; flex-wrap: wrap; gap: 0 12px; font-size: 14px; }
  .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; padding: 0; margin: 8px 0; font-size: 15px; }
  .legend li { margin: 0; }
  i[class] { display: inline-block; width: 22px; border-top: 4px solid; border-radius: 2px; margin: 0 8px 4px 0; }
${colours}
  summary { cursor: pointer; color: var(--faint); margin: 12px 0; }
  form { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: end; margin: 12px 0; }
  form[hidden], label[hidden] { display: none; }
  label { display: grid; gap: 2px; font-size: 14px; color: var(--faint); flex: 1 1 150px; min-width: 0; }
  select, input, button { font: inherit; font-size: 16px; color: var(--ink); background: var(--paper); border: 1px solid var(--faint); border-radius: 4px; padding: 5px 8px; min-width: 0; max-width: 100%; }
  select, input { box-sizing: border-box; width: 100%; height: 36px; }
  button { cursor: pointer; }
  .fold { font-size: 14px; padding: 2px 8px; margin-bottom: 10px; }
  article { border-top: 1px solid var(--grid); padding: 12px 0 4px; }
  .sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); gap: 4px 28px; }
  .sides > div { min-width: 0; }
  .badge { border-radius: 4px; padding: 1px 8px; background: var(--grid); color: var(--ink); }
  .badge.win { background: var(--good); }
  .badge.loss { background: var(--bad); }
  @media print {
    body { padding: 0; font-size: 11pt; }
    nav, form, button, noscript, details:not([open]) { display: none; }
    h2, h3, figcaption { break-after: avoid; }
    figure, article, tr, .findings li { break-inside: avoid; }
    .wide { overflow: visible; }
    table { font-size: 9pt; }
    th, td { white-space: normal; overflow-wrap: anywhere; }
    article:nth-of-type(n + 11) { display: none; }
  }
`;
