/**
 * The ```sh blocks that stand right after a line `<!-- run -->`.
 *
 * @param {string} text
 * @returns {{ line: number, script: string }[]} `line` is the 1-based line of the fence
 */
export const runnableBlocks = (text) => {
  const marked = /^<!-- run -->[ \t]*\r?\n(?:[ \t]*\r?\n)*```sh[ \t]*\r?\n([\s\S]*?)^```/gm;
  return [...text.matchAll(marked)].map((match) => {
    const fence = match.index + match[0].indexOf('```sh');
    return { line: text.slice(0, fence).split('\n').length, script: match[1] };
  });
};
