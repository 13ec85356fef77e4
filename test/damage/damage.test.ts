/** A few rounds of `npm run damage`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { damageRound, makeModel } from './rounds.ts';

it('answers right or names the damaged file, and is as before after repair and ingest', {
  timeout: 240_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowfit-damage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const model = await makeModel(folder, 3);
  for (let seed = 1; seed <= 8; seed++) {
    const { damage, faults } = await damageRound(model, folder, seed);
    expect(faults, `round ${seed}: ${damage}`).toEqual([]);
  }
});
