import { expect, test } from 'vitest';
import { runnableBlocks } from './markdown.mjs';

test('finds the marked blocks with their lines, and no others', () => {
  const text = ['# Title', '```sh', 'no', '```', '<!-- run -->', '', '```sh', 'echo a', 'echo b', '```', 'text'].join(
    '\n',
  );
  expect(runnableBlocks(text)).toEqual([{ line: 7, script: 'echo a\necho b\n' }]);
});

test('a mark counts only for the block that follows at once', () => {
  expect(runnableBlocks('<!-- run -->\nwords\n```sh\nno\n```\n')).toEqual([]);
});
