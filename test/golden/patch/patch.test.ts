/** Patches as files. The input is a change set with its context; see `packages/core/test/change-example.ts`. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PATCH_KINDS } from '@flowfit/core/patch/model';
import { patchesOf } from '@flowfit/core/patch/patch';
import { expect, it } from 'vitest';
import { CHANGE, CONTEXT } from '../../../packages/core/test/change-example.ts';
import { expectGolden } from '../run.ts';

const FOLDER = join(import.meta.dirname, 'two-groups');

it.each(PATCH_KINDS)('%s', (kind) => {
  const files = patchesOf(CHANGE, CONTEXT, [kind]);
  expect(files.length).toBeGreaterThan(1);
  for (const { name, text } of files) {
    const path = join(FOLDER, name);
    mkdirSync(dirname(path), { recursive: true });
    expectGolden(path, text);
  }
});
