/** What all formats of `check` say in the same words. */
import type { Checked } from '@flowfit/core/plan/document';
import type { GateFinding, GateKind } from '@flowfit/core/plan/gate';
import { formatQuantity, formatTime } from '../../output/humanise.ts';

/** How grave a finding is to a reader: what fails the gate, what should be looked at, what is good to know. */
export type Level = 'error' | 'warning' | 'note';

const LEVELS: Readonly<Record<GateKind, Level>> = {
  cut: 'warning',
  open: 'warning',
  scanned: 'warning',
  admitted: 'note',
  unknown: 'note',
};

export const levelOf = ({ kind }: GateFinding, failOn: readonly string[]): Level =>
  failOn.includes(kind) ? 'error' : LEVELS[kind];

export const KIND_TITLES: Readonly<Record<GateKind, string>> = {
  cut: 'Cuts observed traffic',
  open: 'Opens to the world',
  scanned: 'Admits what was only ever scanned',
  admitted: 'Admits what was rejected',
  unknown: 'Cannot be decided',
};

export const headlineOf = ({ gate, replay }: Checked): string => {
  const { cut, open, scanned, unknown } = gate.counts;
  const more = [
    ...(open > 0 ? [`opens ${formatQuantity(open, 'rule')} to the world`] : []),
    ...(scanned > 0 ? [`admits scans at ${formatQuantity(scanned, 'place')}`] : []),
    ...(unknown > 0 ? [`leaves ${formatQuantity(unknown, 'question')} open`] : []),
  ];
  const rest = more.length === 0 ? '' : ` It ${more.join(', ')}.`;
  if (cut === 0) return `This plan would cut no observed flow.${rest}`;
  const connections = formatQuantity(replay.connections.cut, 'connection');
  return `This plan would cut ${formatQuantity(cut, 'observed flow')} (${connections}).${rest}`;
};

/** Rules, and when the traffic was seen: sentences below the title. */
export const detailsOf = ({ rules, traffic }: GateFinding): string[] => {
  const lines = rules.map(({ ruleId, text }) => `${ruleId}: ${text}`);
  if (traffic === null) return lines;
  const { peers, peerCount, firstSeen, lastSeen } = traffic;
  const names = peers.map(({ address, name }) => (name === null ? address : `${address} (${name})`));
  const others = peerCount > peers.length ? ` and ${peerCount - peers.length} more` : '';
  return [
    ...lines,
    ...(peerCount > 1 ? [`Peers: ${names.join(', ')}${others}`] : []),
    `Seen from ${formatTime(firstSeen)} to ${formatTime(lastSeen)} UTC`,
  ];
};

/** Nothing is ignored silently. */
export const remarksOf = ({ gate, read }: Checked): string[] => {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([type, count]) => `${count} ${type}`)
      .join(', ');
  return [
    ...gate.assumptions.map(({ address, message }) => `${address}: ${message}`),
    ...(Object.keys(read.unseen).length > 0 ? [`New, so that no traffic was seen of them: ${list(read.unseen)}.`] : []),
    ...(Object.keys(read.ignored).length > 0 ? [`Not about security groups: ${list(read.ignored)}.`] : []),
  ];
};

export const windowText = ({ window }: Checked): string => `${formatTime(window.from)} to ${formatTime(window.to)} UTC`;
