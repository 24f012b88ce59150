import { baseStyle, htmlPage } from './page';
import { inPalette } from './theme';

/** A page with a figure that suits the screen it is on, dark or light, and is light on paper. It loads nothing. */
export function valuePage(figure: string): string {
  const style = `${baseStyle}  figure { margin: 0 auto; max-width: 1080px; }\n`;
  return htmlPage({ title: 'Value functions', style, body: `<figure>${inPalette(figure)}</figure>` });
}
