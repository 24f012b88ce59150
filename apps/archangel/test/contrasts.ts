/** In the page: how much the colours of elements stand out from what is behind them (WCAG 2). */
export function contrasts(selectors: string[]): number[] {
  const parse = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: readonly number[]) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
      const c = (colour[i] as number) / 255;
      return sum + weight * (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    }, 0);
  const behind = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255];
    const colour = parse(getComputedStyle(element).backgroundColor);
    return colour.length === 4 && colour[3] === 0 ? behind(element.parentElement) : colour;
  };
  return Array.from(document.querySelectorAll(selectors.join(',')), (element) => {
    const { color, fill, stroke } = getComputedStyle(element);
    const shown = element.tagName === 'text' ? fill : element.tagName === 'path' ? stroke : color;
    const [a, b] = [luminance(parse(shown)), luminance(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
}
