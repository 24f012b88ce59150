/** The words that start the program that runs now: Node, what it was told, and the app's main file. */
export function thisProgram(): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] as string];
}
