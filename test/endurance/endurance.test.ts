/** A small part of `npm run endurance`: some kills of each kind of writer, and writers who meet, while others read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canHaveNamespaces, killWriters, readBeside, type Setting, writeFromTwoNamespaces } from './endurance.ts';
import { KILLED, makeInputs } from './kinds.ts';
import { Stage } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowfit-endurance-'));
let setting: Setting;
beforeAll(async () => {
  const [stage, inputs] = await Promise.all([Stage.build(folder), makeInputs(folder, 3, 3)]);
  setting = { stage, inputs, rounds: 2, seed: 1 };
});
afterAll(() => {
  setting.stage.close();
  rmSync(folder, { recursive: true, force: true });
});

/** On an idle machine a few seconds each; a loaded one takes its time. */
const PATIENCE = { timeout: 300_000 };

it.each(KILLED)('nothing is lost, doubled or left behind when a writer is killed: %s', PATIENCE, async (kind) => {
  const { figures, faults } = await killWriters(kind, setting);
  expect(faults).toEqual([]);
  expect(figures.kills).toBeGreaterThanOrEqual(2);
  expect(figures.answers).toBeGreaterThan(0);
});

it('beside a writer every answer is that of a state that was committed', PATIENCE, async () => {
  const { figures, faults } = await readBeside(setting);
  expect(faults).toEqual([]);
  expect(figures.ingests).toBe(2);
  expect(figures.answers).toBeGreaterThan(0);
});

it('of two writers who cannot see each other one waits its turn or is refused', PATIENCE, async ({ skip }) => {
  if (!canHaveNamespaces()) return skip('no PID namespace to be had: making one needs root');
  expect((await writeFromTwoNamespaces(setting)).faults).toEqual([]);
});
