import { afterEach, expect, test, vi } from 'vitest';
import { commandLine } from './command_line';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a command can be pasted into a shell, whatever the names in it', () => {
  vi.stubEnv('npm_lifecycle_event', '');
  expect(commandLine('train', '--resume', 'runs/kto-thumbs')).toBe('archangel train --resume runs/kto-thumbs');
  expect(commandLine('train', '--resume', "my runs/it's")).toBe(`archangel train --resume 'my runs/it'\\''s'`);
});

test('through npm, where it was started so', () => {
  vi.stubEnv('npm_lifecycle_event', 'archangel');
  expect(commandLine('train', '--resume', 'runs/a')).toBe('npm run archangel -- train --resume runs/a');
});
