import { describe, expect, it } from 'vitest';
import { readInventory } from './read.ts';
import { emptySnapshot, parseSnapshot, serializeSnapshot } from './snapshot.ts';

const capturedAt = '2026-01-01T00:00:00.000Z';
const empty = emptySnapshot(capturedAt);

describe('parseSnapshot', () => {
  it('reads what serializeSnapshot wrote', () => {
    const text = JSON.stringify({
      SecurityGroups: [
        {
          GroupId: 'sg-0a',
          GroupName: 'web',
          IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
        },
      ],
    });
    const { snapshot } = readInventory([{ source: 'f', text }], { capturedAt });
    expect(snapshot.groups).toHaveLength(1);
    expect(parseSnapshot(serializeSnapshot(snapshot))).toEqual({ ok: true, snapshot });
  });

  it.each([
    ['{', 'snapshot-invalid', 'not JSON'],
    ['[]', 'snapshot-invalid', 'not a JSON object'],
    ['{}', 'snapshot-invalid', '"schema": "flowfit.inventory/1"'],
    [JSON.stringify({ ...empty, schema: 'flowfit.inventory/2' }), 'snapshot-newer', 'Update Flowfit'],
    [JSON.stringify({ ...empty, capturedAt: 'yesterday' }), 'snapshot-invalid', '"capturedAt" is not a time'],
    [JSON.stringify({ ...empty, groups: {} }), 'snapshot-invalid', '"groups" is not a list'],
    [
      JSON.stringify({ ...empty, vpcs: [{ id: 'vpc-0a', cidrs: [] }, { id: 'vpc-0b' }] }),
      'snapshot-invalid',
      'Item 2 of "vpcs"',
    ],
    [JSON.stringify({ ...empty, groups: [{ id: 'sg-0a', rules: [{}] }] }), 'snapshot-invalid', 'Item 1 of "groups"'],
  ])('refuses %s', (text, code, message) => {
    expect(parseSnapshot(text)).toEqual({ ok: false, error: { code, message: expect.stringContaining(message) } });
  });
});
