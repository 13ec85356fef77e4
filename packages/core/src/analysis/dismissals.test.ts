import { describe, expect, it } from 'vitest';
import { applyDismissals, dismiss, restore } from './dismissals.ts';
import type { Finding } from './findings/finding.ts';

const finding = (id: string): Finding => ({
  id,
  kind: 'unused-rule',
  severity: 'low',
  subject: {},
  title: id,
  evidence: {},
  remediation: '',
});
const because = (id: string, reason = 'yearly job') => ({ id, reason, at: '2024-02-01T00:00:00Z' });

describe('dismissals', () => {
  it('sort findings into open and dismissed, and name those that fit nothing any more', () => {
    const triage = applyDismissals([finding('a'), finding('b')], [because('b'), because('c')]);
    expect(triage.open.map(({ id }) => id)).toEqual(['a']);
    expect(triage.dismissed.map(({ dismissal }) => dismissal.reason)).toEqual(['yearly job']);
    expect(triage.obsolete.map(({ id }) => id)).toEqual(['c']);
  });

  it('are replaced, not repeated, and can be taken back', () => {
    const twice = dismiss(dismiss([], because('a')), because('a', 'failover'));
    expect(twice.map(({ reason }) => reason)).toEqual(['failover']);
    expect(restore(twice, 'a')).toEqual([]);
  });
});
