/** What an analysis takes from the lake besides its conversations: where the logs begin, and what has no time. */
import { expect, it } from 'vitest';
import { analyse } from './analysis.ts';
import { accountWith, capturesOf, lakeOf, NOON, packet, V2 } from './testing/logs.ts';

const HOUR = 3600;
const EVERYTHING = 'inbound all from 10.0.0.0/8';

it('a connection that the logs begin with may be older than the capture before it, if within the same hour', async () => {
  const account = (port: number) => accountWith(`inbound tcp ${port} from 0.0.0.0/0`, 'inbound all from 192.0.2.0/24');
  const snapshots = [
    ...capturesOf(account(8080), NOON - HOUR),
    ...capturesOf(account(9090), NOON + 600, NOON + HOUR, NOON + 24 * HOUR),
  ];
  const verdictsOf = async (start: number, ...earlier: number[]) => {
    const at = (port: number, time: number) => packet('in', [port, 40_000], { protocol: 6, start: time });
    const records = [...earlier.map((time) => at(22, time)), at(8080, start)];
    const { verdicts } = await analyse(await lakeOf(records, { snapshots }));
    return verdicts.rules.map(({ verdict }) => verdict);
  };
  expect(await verdictsOf(NOON + 1200)).toEqual(['undecided', 'used']);
  expect(await verdictsOf(NOON + 2 * HOUR, NOON + 1200)).toEqual(['unused', 'used']);
});

it('the window of records without time is that of the captures', async () => {
  const fields = V2.filter((name) => name !== 'start');
  const snapshots = capturesOf(accountWith(EVERYTHING), NOON, NOON + HOUR);
  const lake = await lakeOf([packet('in', [443, 40_000])], { fields, snapshots });
  const { coverage, verdicts } = await analyse(lake);
  expect(coverage.window).toEqual({ from: NOON, to: NOON + HOUR + 1 });
  expect(coverage.blind).toEqual(new Map([['eni-1', new Set(['start'])]]));
  expect(verdicts.rules.map(({ verdict }) => verdict)).toEqual(['undecided']);
});

it('records of an interface that no capture shows may be those of any', async () => {
  const fields = V2.filter((name) => name !== 'protocol');
  const snapshots = capturesOf(accountWith(EVERYTHING), NOON - HOUR, NOON + HOUR);
  const lake = await lakeOf([packet('in', [443, 40_000], { 'interface-id': 'eni-9' })], { fields, snapshots });
  const { coverage, verdicts } = await analyse(lake);
  expect([...coverage.blind.keys()]).toEqual([null]);
  expect(verdicts.rules.map(({ verdict }) => verdict)).toEqual(['undecided']);
});

it('a lake without records and inventory is analysed like any other', async () => {
  const { verdicts, coverage } = await analyse(await lakeOf([]));
  expect(verdicts.rules).toEqual([]);
  expect(coverage.window).toEqual({ from: 0, to: 0 });
});
