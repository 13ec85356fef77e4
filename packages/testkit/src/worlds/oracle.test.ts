import { describe, expect, it } from 'vitest';
import { vpcOf } from './documents.ts';
import { askOracle } from './oracle.ts';
import { type CaptureInWords, type CaseInWords, evidenceOf } from './testing.ts';

const ask = (words: CaseInWords) => Object.fromEntries(askOracle(evidenceOf(words)).uses);

/** `eni-1` has `sg-app`; the rest as told. */
const capture = (at: number, rules: Readonly<Record<string, string>>, rest: Partial<CaptureInWords> = {}) => ({
  at,
  ...rest,
  interfaces: { 'eni-1': '10.0.0.4 with sg-app', ...rest.interfaces },
  groups: { 'sg-app': rules, 'sg-web': {}, 'sg-far': {}, ...rest.groups },
});

const FROM_WEB = { 'sgr-1': 'inbound tcp 8080 sg-web' };
const WEB = { interfaces: { 'eni-2': '10.0.0.9 with sg-web' } };
const ALWAYS = [0, 24] as const;

describe('the oracle on members', () => {
  const connections = ['12 eni-1 inbound tcp 8080 10.0.0.9'];

  it('a member served, was terminated, and the only capture came later: used in some worlds, not in all', () => {
    expect(ask({ captures: [capture(23, FROM_WEB)], connections })).toEqual({ 'sgr-1': 'some' });
  });

  it('captures on both sides show the member: used in all', () => {
    const captures = [capture(0, FROM_WEB, WEB), capture(23, FROM_WEB, WEB)];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'all' });
  });

  it('captures on both sides show another interface at the address: used in none', () => {
    const other = { interfaces: { 'eni-2': '10.0.0.9 with sg-far' } };
    const captures = [capture(0, FROM_WEB, other), capture(23, FROM_WEB, other)];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'none' });
  });

  it('nobody has the address in either capture: one may have lived in between', () => {
    expect(ask({ captures: [capture(0, FROM_WEB), capture(23, FROM_WEB)], connections })).toEqual({ 'sgr-1': 'some' });
  });

  it('the address passed from a member to another interface: used in some', () => {
    const captures = [
      capture(0, FROM_WEB, WEB),
      capture(23, FROM_WEB, { interfaces: { 'eni-3': '10.0.0.9 with sg-far' } }),
    ];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'some' });
  });

  it('one capture shows the member, and its own records that it was there all the time: used in all', () => {
    const captures = [capture(23, FROM_WEB, WEB)];
    expect(ask({ captures, connections, logged: { 'eni-2': ALWAYS } })).toEqual({ 'sgr-1': 'all' });
    expect(ask({ captures, connections, logged: { 'eni-2': [12, 24] } })).toEqual({ 'sgr-1': 'some' });
  });

  it('one capture shows the holder without the group, which it may have had: used in some', () => {
    const captures = [capture(23, FROM_WEB, { interfaces: { 'eni-2': '10.0.0.9 with sg-app' } })];
    expect(ask({ captures, connections, logged: { 'eni-2': ALWAYS } })).toEqual({ 'sgr-1': 'some' });
  });

  it('a peer outside of the blocks of the VPC is no member', () => {
    const outside = ['12 eni-1 inbound tcp 8080 10.9.0.5'];
    // Nothing shown explains it, so that before the only capture the rule may have meant something else.
    expect(ask({ captures: [capture(0, FROM_WEB), capture(23, FROM_WEB)], connections: outside })).toEqual({
      'sgr-1': 'none',
    });
    expect(ask({ captures: [capture(23, FROM_WEB)], connections: outside })).toEqual({ 'sgr-1': 'some' });
  });

  it('where the blocks are not known, any private address may be a member, and no public one', () => {
    const captures = [capture(0, FROM_WEB, { vpcs: [] }), capture(23, FROM_WEB, { vpcs: [] })];
    expect(ask({ captures, connections: ['12 eni-1 inbound tcp 8080 10.9.0.5'] })).toEqual({ 'sgr-1': 'some' });
    expect(ask({ captures, connections: ['12 eni-1 inbound tcp 8080 198.51.100.7'] })).toEqual({ 'sgr-1': 'none' });
  });

  it("a private address outside of the known blocks is no member's", () => {
    const vpcs = [vpcOf('vpc-1', ['10.0.0.0/24'])];
    const captures = [capture(0, FROM_WEB, { vpcs }), capture(23, FROM_WEB, { vpcs })];
    expect(ask({ captures, connections: ['12 eni-1 inbound tcp 8080 10.0.1.9'] })).toEqual({ 'sgr-1': 'none' });
  });
});

describe('the oracle on peerings', () => {
  const rules = { 'sgr-1': 'inbound tcp 8080 sg-far@pcx-1@vpc-2' };
  const far = { interfaces: { 'eni-2': '10.1.0.9 with sg-far' } };
  const connections = ['12 eni-1 inbound tcp 8080 10.1.0.9'];

  it('members at the far end count while it is up', () => {
    const up = { ...far, peering: 'active' };
    const down = { ...far, peering: 'deleted' };
    expect(ask({ captures: [capture(0, rules, up), capture(23, rules, up)], connections })).toEqual({ 'sgr-1': 'all' });
    expect(ask({ captures: [capture(0, rules, down), capture(23, rules, down)], connections })).toEqual({
      'sgr-1': 'none',
    });
  });

  it('it may have been up before the capture that shows it deleted, but is not again after it', () => {
    const down = { ...far, peering: 'deleted' };
    expect(ask({ captures: [capture(23, rules, down)], connections })).toEqual({ 'sgr-1': 'some' });
    const after = ask({
      captures: [capture(0, { ...rules, 'sgr-2': 'inbound tcp 8080 10.1.0.0/16' }, down)],
      connections,
    });
    expect(after).toEqual({ 'sgr-1': 'none', 'sgr-2': 'all' });
  });
});

describe('the oracle on rules', () => {
  const connections = ['12 eni-1 inbound tcp 8080 10.9.0.5'];
  const OPEN = 'inbound tcp 8080 10.9.0.0/16';
  const OTHER = 'inbound tcp 9090 10.9.0.0/16';

  it('the same id meant something else before the only capture: used in some, since nothing else explains it', () => {
    expect(ask({ captures: [capture(23, { 'sgr-1': OTHER })], connections })).toEqual({ 'sgr-1': 'some' });
  });

  it('both captures show the same meaning: used in all, or none', () => {
    const rules = { 'sgr-1': OPEN, 'sgr-2': OTHER };
    expect(ask({ captures: [capture(0, rules), capture(23, rules)], connections })).toEqual({
      'sgr-1': 'all',
      'sgr-2': 'none',
    });
  });

  it('one of two meanings explains it, and nothing else does: it had that one', () => {
    expect(ask({ captures: [capture(0, { 'sgr-1': OPEN }), capture(23, { 'sgr-1': OTHER })], connections })).toEqual({
      'sgr-1': 'all',
    });
  });

  it('one of two meanings explains it, or another rule that came in between: used in some', () => {
    const captures = [capture(0, { 'sgr-1': OPEN }), capture(23, { 'sgr-1': OTHER, 'sgr-2': OPEN })];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'some', 'sgr-2': 'some' });
  });

  it('neither of two meanings explains it: it may have had a third one, but not a rule that did not change', () => {
    const captures = [
      capture(0, { 'sgr-1': OTHER, 'sgr-2': 'inbound tcp 443 10.9.0.0/16' }),
      capture(23, { 'sgr-1': 'inbound tcp 9091 10.9.0.0/16', 'sgr-2': 'inbound tcp 443 10.9.0.0/16' }),
    ];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'some', 'sgr-2': 'none' });
  });

  it('before the only capture the one rule that explains it was there; of two, neither is certain', () => {
    expect(ask({ captures: [capture(23, { 'sgr-1': OPEN })], connections })).toEqual({ 'sgr-1': 'all' });
    const two = { 'sgr-1': OPEN, 'sgr-2': 'inbound tcp 8080 0.0.0.0/0' };
    expect(ask({ captures: [capture(23, two)], connections })).toEqual({ 'sgr-1': 'some', 'sgr-2': 'some' });
    expect(ask({ captures: [capture(0, two), capture(23, two)], connections })).toEqual({
      'sgr-1': 'all',
      'sgr-2': 'all',
    });
  });

  it('before the only capture, an unseen member would do as well as the range: the range is what is shown', () => {
    const rules = { 'sgr-1': 'inbound tcp 8080 10.0.0.0/16', 'sgr-2': 'inbound tcp 8080 sg-web' };
    expect(ask({ captures: [capture(23, rules)], connections: ['12 eni-1 inbound tcp 8080 10.0.0.9'] })).toEqual({
      'sgr-1': 'all',
      'sgr-2': 'some',
    });
  });

  it('before the only capture, one that had the address at it may have been the member: neither is certain', () => {
    const rules = { 'sgr-1': 'inbound tcp 8080 10.0.0.0/16', 'sgr-2': 'inbound tcp 8080 sg-web' };
    const captures = [capture(23, rules, WEB)];
    expect(ask({ captures, connections: ['12 eni-1 inbound tcp 8080 10.0.0.9'] })).toEqual({
      'sgr-1': 'some',
      'sgr-2': 'some',
    });
  });

  it('a connection that nothing explains tells that the rules of its interface, gap and direction were others', () => {
    const captures = [capture(23, { 'sgr-1': OPEN, 'sgr-2': 'outbound tcp 443 0.0.0.0/0' })];
    const strange = ['13 eni-1 inbound tcp 22 10.9.0.5', '14 eni-1 outbound tcp 443 198.51.100.7'];
    expect(ask({ captures, connections: [...connections, ...strange] })).toEqual({ 'sgr-1': 'some', 'sgr-2': 'all' });
  });
});

describe('the oracle on attachments', () => {
  const groups = { 'sg-web': { 'sgr-2': 'inbound tcp 8080 10.9.0.0/16' } };
  const connections = ['12 eni-1 inbound tcp 8080 10.9.0.5'];

  it('a group was put on between two captures: it admitted what nothing else explains', () => {
    const captures = [
      capture(0, {}, { groups }),
      capture(23, {}, { groups, interfaces: { 'eni-1': '10.0.0.4 with sg-app,sg-web' } }),
    ];
    expect(ask({ captures, connections })).toEqual({ 'sgr-2': 'all' });
  });

  it('a group was put on between two captures, and another rule explains it: used in some', () => {
    const rules = { 'sgr-1': 'inbound tcp 8080 0.0.0.0/0' };
    const captures = [
      capture(0, rules, { groups }),
      capture(23, rules, { groups, interfaces: { 'eni-1': '10.0.0.4 with sg-app,sg-web' } }),
    ];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'all', 'sgr-2': 'some' });
  });

  it('both captures show the same groups: others were not on it', () => {
    const rules = { 'sgr-1': 'inbound tcp 8080 0.0.0.0/0' };
    const captures = [capture(0, rules, { groups }), capture(23, rules, { groups })];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'all', 'sgr-2': 'none' });
  });

  it('before the only capture other groups may have been on it beside', () => {
    const captures = [capture(23, { 'sgr-1': 'inbound tcp 8080 0.0.0.0/0' }, { groups })];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'all', 'sgr-2': 'some' });
  });

  it('no capture shows the interface: it may have had any group of the VPC', () => {
    const captures = [capture(0, {}, { groups }), capture(23, {}, { groups })];
    expect(ask({ captures, connections: ['12 eni-9 inbound tcp 8080 10.9.0.5'] })).toEqual({ 'sgr-2': 'some' });
  });
});

describe('the oracle on prefix lists', () => {
  const rules = { 'sgr-1': 'inbound tcp 8080 pl-1' };
  const connections = ['12 eni-1 inbound tcp 8080 10.9.0.5'];
  const list = (version: number, ...entries: string[]) => ({ lists: { 'pl-1': [version, ...entries] as const } });

  it('of the same version held the same entries', () => {
    const captures = [capture(0, rules, list(3, '10.9.0.0/16')), capture(23, rules, list(3, '10.9.0.0/16'))];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'all' });
  });

  it('that changed once held the one or the other, that changed twice anything', () => {
    const empty = capture(0, rules, list(3, '203.0.113.9/32'));
    expect(ask({ captures: [empty, capture(23, rules, list(4, '198.51.100.0/24'))], connections })).toEqual({
      'sgr-1': 'none',
    });
    expect(ask({ captures: [empty, capture(23, rules, list(5, '203.0.113.9/32'))], connections })).toEqual({
      'sgr-1': 'some',
    });
  });

  it('of the first version did not change before, but may change after', () => {
    const first = list(1, '203.0.113.9/32');
    const both = { ...rules, 'sgr-2': 'inbound tcp 8080 10.9.0.0/16' };
    expect(ask({ captures: [capture(23, both, first)], connections })).toEqual({ 'sgr-1': 'none', 'sgr-2': 'all' });
    expect(ask({ captures: [capture(0, both, first)], connections })).toEqual({ 'sgr-1': 'some', 'sgr-2': 'all' });
  });
});

describe('the oracle on who opened it', () => {
  const rules = { 'sgr-1': 'inbound udp 1162 10.9.0.0/16', 'sgr-2': 'outbound udp 161 10.9.0.0/16' };
  const captures = [capture(0, rules), capture(23, rules)];

  it('one-way UDP from a well-known port: either way', () => {
    const connections = ['12 eni-1 inbound udp 1162 10.9.0.5 unknown from 161'];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'some', 'sgr-2': 'some' });
  });

  it('an inference makes a use, and leaves the other way open', () => {
    const connections = ['12 eni-1 outbound udp 161 10.9.0.5 by ports from 1162'];
    expect(ask({ captures, connections })).toEqual({ 'sgr-1': 'some', 'sgr-2': 'inferred' });
  });

  it('where the rules admit one way only, it was that one', () => {
    const only = { 'sgr-1': rules['sgr-1'] };
    const connections = ['12 eni-1 inbound udp 1162 10.9.0.5 unknown from 161'];
    expect(ask({ captures: [capture(0, only), capture(23, only)], connections })).toEqual({ 'sgr-1': 'all' });
  });
});

describe('the oracle on ICMP', () => {
  const connections = ['12 eni-1 inbound icmp - 10.9.0.5'];
  const ICMP_RULES = { 'sgr-1': 'inbound icmp 8 10.9.0.0/16', 'sgr-2': 'inbound icmp 3/4 10.9.0.0/16' };
  const bracket = (rules: Readonly<Record<string, string>>) => [capture(0, rules), capture(23, rules)];

  it('the only rule that could have admitted it did, whatever the type', () => {
    expect(ask({ captures: bracket({ 'sgr-1': ICMP_RULES['sgr-1'] }), connections })).toEqual({ 'sgr-1': 'all' });
  });

  it('of two types either may have', () => {
    expect(ask({ captures: bracket(ICMP_RULES), connections })).toEqual({ 'sgr-1': 'some', 'sgr-2': 'some' });
  });

  it('a rule for all types did, one for a type may have', () => {
    const rules = { ...ICMP_RULES, 'sgr-3': 'inbound icmp * 10.9.0.0/16' };
    expect(ask({ captures: bracket(rules), connections })).toEqual({
      'sgr-1': 'some',
      'sgr-2': 'some',
      'sgr-3': 'all',
    });
  });
});
