/**
 * A text with its control characters made visible, so that what somebody wrote cannot move the cursor or change colours;
 * line ends and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(/\p{Control}/gu, (control) => {
    if (control === '\n' || control === '\t') return control;
    const code = control.codePointAt(0) as number;
    // The signs that stand for the first 32 controls.
    return code < 32 ? String.fromCodePoint(0x2400 + code) : '\ufffd';
  });
}
