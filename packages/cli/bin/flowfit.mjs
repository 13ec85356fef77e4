#!/usr/bin/env node
import { existsSync } from 'node:fs';

const bundle = new URL('../dist/main.mjs', import.meta.url);
if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  process.stderr.write('flowfit: the command is not built yet. In a checkout run: npm run build\n');
  process.exitCode = 1;
}
