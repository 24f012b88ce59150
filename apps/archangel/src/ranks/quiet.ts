/** Makes whatever this process prints unheard. @returns what still says a line, on stderr */
export function quiet(): (line: string) => void {
  const { stdout, stderr } = process;
  const write = stderr.write.bind(stderr);
  const unheard = (_: unknown, encoding?: unknown, written?: unknown) => {
    const done = typeof encoding === 'function' ? encoding : written;
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
  stdout.write = stderr.write = unheard as typeof write;
  return (line) => {
    write(`${line}\n`);
  };
}
