/**
 * Pins: what has to stay whatever the traffic says, with the reason. The browser keeps them by group; they go along with
 * every question, and a keep-file takes them to `flowfit recommend --keep`.
 */
import type { TightenPin } from '@flowfit/server/contract/tighten';
import { useState } from 'react';
import { readStored, writeStored } from '../state/storage.ts';

const KEY = 'pins';

type Stored = Readonly<Record<string, readonly TightenPin[]>>;

const isPin = (value: unknown): value is TightenPin =>
  typeof value === 'object' && value !== null && 'kind' in value && 'reason' in value && 'expires' in value;

const readAll = (): Stored => {
  const stored = readStored(KEY);
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(
    Object.entries(stored).flatMap(([id, pins]) => (Array.isArray(pins) ? [[id, pins.filter(isPin)]] : [])),
  );
};

/** Of one group. */
export const usePins = (groupId: string): readonly [readonly TightenPin[], (pins: readonly TightenPin[]) => void] => {
  const [pins, setPins] = useState(() => readAll()[groupId] ?? []);
  return [
    pins,
    (next) => {
      writeStored(KEY, { ...readAll(), [groupId]: next });
      setPins(next);
    },
  ];
};

/** Of these groups: a browser may know pins of other lakes, too. */
export const pinsOfGroups = (groupIds: readonly string[]): readonly TightenPin[] => {
  const all = readAll();
  return groupIds.flatMap((id) => all[id] ?? []);
};

/** The last day counts whole. */
export const isExpired = ({ expires }: TightenPin, today: string): boolean => expires !== null && expires < today;

/** `YYYY-MM-DD`, UTC. */
export const todayIn = (now: Date): string => now.toISOString().slice(0, 10);

export const pinsInForce = (pins: readonly TightenPin[], today: string): readonly TightenPin[] =>
  pins.filter((pin) => !isExpired(pin, today));

/** `rule sgr-…`, `tcp 443`, `10.0.0.0/8` */
export const pinText = (pin: TightenPin): string => {
  switch (pin.kind) {
    case 'rule':
      return `rule ${pin.ruleId}`;
    case 'port':
      return `${pin.protocol} ${pin.port}`;
    case 'cidr':
      return pin.cidr;
  }
};
