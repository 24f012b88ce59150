/** Says on stderr how far a run has come: on a terminal every step, elsewhere one line when it has ended. */
export interface Progress {
  update(text: string): void;
  end(text: string): void;
}

export function progress(label: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  const line = (text: string) => `  ${label}: ${text}`;
  // Carriage return, then the escape sequence that clears to the end of the line.
  const again = stream.isTTY ? '\r\u001b[K' : '';
  return {
    update: (text) => {
      if (stream.isTTY) stream.write(again + line(text));
    },
    end: (text) => {
      stream.write(`${again + line(text)}\n`);
    },
  };
}
