/**
 * Runs the commands of the documentation: every ```sh block after a line `<!-- run -->` in README.md and docs/. The
 * blocks of one page run in order, in one empty folder in which `npx flowfit` is this checkout's; the first command
 * that fails ends the page.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow } from './lib/files.mjs';
import { runnableBlocks } from './lib/markdown.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const pages = ['README.md', ...(existsSync('docs') ? filesBelow('docs', (name) => name.endsWith('.md')) : [])];

let ran = 0;
for (const page of pages.filter((path) => existsSync(path))) {
  const blocks = runnableBlocks(readFileSync(page, 'utf8'));
  if (blocks.length > 0) runPage(page, blocks);
}
console.log(`${ran} blocks of ${pages.length} pages run`);

function runPage(page, blocks) {
  const folder = mkdtempSync(join(tmpdir(), 'flowfit-docs-'));
  try {
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const { line, script } of blocks) {
      const { status, stdout, stderr, error } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      ran += 1;
      if (status === 0) continue;
      console.error(`${page}:${line}: exit ${status ?? error?.message}\n${script}\n${stdout}${stderr}`);
      process.exitCode = 1;
      return;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
