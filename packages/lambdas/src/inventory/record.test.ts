import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { describe, expect, it } from 'vitest';
import { KNOWN, networkInterface, snapshot } from '../../test/decorator-kit.ts';
import { createRecorder } from './record.ts';

const NOW = Date.parse('2023-11-15T00:00:00.000Z');
const CAPTURED = '2023-11-14T23:50:00.000Z';

/** A recorder whose newest snapshot is `newest`, and whose account looks like `state`. */
function recorder(newest: InventorySnapshot | null, state: readonly string[], failures: { command: string }[] = []) {
  const written: InventorySnapshot[] = [];
  const captures: string[] = [];
  const counts: Record<string, number> = {};
  const logged: string[] = [];
  const say = (message: string) => void logged.push(message);
  const run = createRecorder({
    readNewest: async () => newest && { snapshot: newest, etag: '"1"' },
    capture: async (capturedAt) => {
      captures.push(capturedAt);
      const interfaces = state.map((id) => networkInterface(id));
      return { snapshot: snapshot(interfaces, { capturedAt }), problems: [], failures: failures as never[] };
    },
    write: async (each) => {
      written.push(each);
      return `inventory/${each.capturedAt}.json`;
    },
    now: () => NOW,
    log: { info: say, warn: say, error: say },
    count: (name, value) => {
      counts[name] = (counts[name] ?? 0) + value;
    },
  });
  return { run, written, captures, counts, logged };
}

const change = (eventTime: string) => ({ body: JSON.stringify({ time: eventTime, detail: { eventTime } }) });
const schedule = { source: 'aws.events', 'detail-type': 'Scheduled Event' };
const known = snapshot([networkInterface(KNOWN)], { capturedAt: CAPTURED });

describe('the inventory function', () => {
  it('stores the first state', async () => {
    const { run, written, counts } = recorder(null, [KNOWN]);
    expect(await run(schedule)).toEqual({
      outcome: 'stored',
      key: 'inventory/2023-11-15T00:00:00.000Z.json',
      interfaces: 1,
    });
    expect(written).toHaveLength(1);
    expect(counts).toMatchObject({ InventoryCaptures: 1, InventoryInterfaces: 1, InventoryFailures: 0 });
  });

  it('stores nothing when nothing changed', async () => {
    const { run, written } = recorder(known, [KNOWN]);
    expect(await run(schedule)).toEqual({ outcome: 'unchanged', interfaces: 1 });
    expect(written).toEqual([]);
  });

  it('captures once for a batch of changes', async () => {
    const { run, captures, written } = recorder(known, [KNOWN, 'eni-00000002']);
    const Records = [change('2023-11-14T23:40:00Z'), change('2023-11-14T23:55:00Z'), change('2023-11-14T23:56:00Z')];
    expect(await run({ Records })).toMatchObject({ outcome: 'stored', interfaces: 2 });
    expect(captures).toHaveLength(1);
    expect(written[0]?.capturedAt).toBe('2023-11-15T00:00:00.000Z');
  });

  it('does not capture for changes that the newest snapshot has seen', async () => {
    const { run, captures } = recorder(known, [KNOWN]);
    expect(await run({ Records: [change('2023-11-14T23:40:00Z')] })).toEqual({ outcome: 'newer-than-changes' });
    expect(captures).toEqual([]);
  });

  it.each(['not JSON', 'null', '{"time":"?"}'])('captures when a message does not tell its time: %s', async (body) => {
    const { run, captures } = recorder(known, [KNOWN]);
    await run({ Records: [change('2023-11-14T23:40:00Z'), { body }] });
    expect(captures).toHaveLength(1);
  });

  it('says which parts could not be read', async () => {
    const { run, counts, logged } = recorder(null, [KNOWN], [{ command: 'describe-flow-logs' }]);
    expect(await run(schedule)).toMatchObject({ outcome: 'stored' });
    expect(counts['InventoryFailures']).toBe(1);
    expect(logged).toEqual(['parts of the inventory cannot be read']);
  });
});
