/**
 * A process that measures one subject: `tsx measure.ts SUBJECT CONVERSATIONS RULES FOLDER`, prints one JSON object.
 *
 *   core   conversations made one by one, folded into usage; verdicts and findings of that
 *   late   the same with one capture only, made after all of them
 *   fill   no measurement: writes a log of the same conversations and ingests it into the lake FOLDER/lake
 *   lake   the same analysis over the lake's conversations: what `flowfit rules` and `flowfit findings` do
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CoverageFold, HOUR } from '@flowfit/core/analysis/coverage';
import { findAll } from '@flowfit/core/analysis/findings/registry';
import { UsageFold } from '@flowfit/core/analysis/usage';
import { resolveVerdicts } from '@flowfit/core/analysis/verdict';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import { Attributor } from '@flowfit/core/security-group/attribute';
import { analyse } from '@flowfit/lake/analysis';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { CAPTURED, LINE_FIELDS, makeConversations, makeSnapshot, toLine } from './account.ts';

type Analysed = ReturnType<typeof analyseInCore>;

export interface AttributionMeasurement {
  readonly used: number;
  readonly findings: number;
  readonly analysisSeconds: number;
  readonly findingsSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const [subject, conversations, rules, folder] = [
  process.argv[2] ?? '',
  Number(process.argv[3]),
  Number(process.argv[4]),
  process.argv[5] ?? '',
];
const seconds = () => performance.now() / 1000;

const window = { from: CAPTURED, to: CAPTURED + 720 * HOUR };

/** Captures before and after the traffic, the same; or only the one after. */
function capturesOf(snapshot: InventorySnapshot, which: 'both' | 'late'): InventorySnapshot[] {
  const late = { ...snapshot, capturedAt: new Date(window.to * 1000).toISOString() };
  return which === 'both' ? [snapshot, late] : [late];
}

function analyseInCore(which: 'both' | 'late') {
  const snapshot = makeSnapshot(rules);
  const timeline = createTimeline(capturesOf(snapshot, which));
  const epoch = timeline.gapAt(window.from);
  const fold = new UsageFold(new Attributor(timeline));
  for (const conversation of makeConversations(snapshot, conversations, epoch)) fold.add(conversation);
  const covered = new CoverageFold();
  for (const { id } of snapshot.interfaces) {
    for (let hour = window.from; hour < window.to; hour += HOUR) {
      covered.add({ interfaceId: id, hour, ok: 1, noData: 0, skipData: 0 });
    }
  }
  const usage = fold.result();
  const coverage = covered.result(window, timeline);
  return { snapshot, usage, coverage, verdicts: resolveVerdicts(timeline, usage, coverage) };
}

async function analyseLake() {
  const lake = await openLake(join(folder, 'lake'));
  const analysis = await analyse(lake);
  lake.close();
  return analysis;
}

async function measure(analysed: () => Analysed | Promise<Analysed>): Promise<AttributionMeasurement> {
  const beganAt = seconds();
  const analysis = await analysed();
  const analysedAt = seconds();
  const findings = findAll(analysis).length;
  const { user, system } = process.cpuUsage();
  return {
    used: analysis.verdicts.rules.filter(({ verdict }) => verdict === 'used').length,
    findings,
    analysisSeconds: analysedAt - beganAt,
    findingsSeconds: seconds() - analysedAt,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
}

async function fill(): Promise<void> {
  const snapshot = makeSnapshot(rules);
  const addresses = new Map(snapshot.interfaces.map(({ id, addresses: [first] }) => [id, first as string]));
  const path = join(folder, 'conversations.log');
  const lines = function* (): Generator<string> {
    yield `${LINE_FIELDS}\n`;
    let index = 0;
    for (const conversation of makeConversations(snapshot, conversations)) {
      const clientPort = 32_768 + (index++ % 28_000);
      yield `${toLine(conversation, addresses.get(conversation.interfaceId) as string, clientPort)}\n`;
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(path));
  const lake = await openLake(join(folder, 'lake'), { create: true });
  await ingest(lake, [path], { snapshots: capturesOf(snapshot, 'both') });
  lake.close();
}

if (subject === 'fill') await fill();
else {
  const analysed = subject === 'lake' ? analyseLake : () => analyseInCore(subject === 'late' ? 'late' : 'both');
  process.stdout.write(JSON.stringify(await measure(analysed)));
}
