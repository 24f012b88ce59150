/** A page with a figure that suits the screen it is on, dark or light, and is light on paper. It loads nothing. */
export function valuePage({ light, dark }: Record<'light' | 'dark', string>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Value functions</title>
<style>
  :root { color-scheme: light dark; }
  body { margin: 0; padding: 24px; background: #ffffff; }
  figure { margin: 0 auto; max-width: 1080px; }
  svg { width: 100%; height: auto; }
  .dark { display: none; }
  @media screen and (prefers-color-scheme: dark) {
    body { background: #16181d; }
    .light { display: none; }
    .dark { display: block; }
  }
</style>
</head>
<body>
<figure class="light">${light}</figure>
<figure class="dark">${dark}</figure>
</body>
</html>
`;
}
