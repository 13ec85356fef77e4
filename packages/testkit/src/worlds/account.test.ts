import { describe, expect, it } from 'vitest';
import { makeTinyAccount } from './account.ts';
import { HABITS } from './evidence.ts';

const accounts = Array.from({ length: 300 }, (_, seed) => makeTinyAccount(seed));
const conversations = accounts.flatMap(({ evidence }) => evidence.conversations);

describe('tiny accounts', () => {
  it('are the same for the same seed', () => {
    expect(makeTinyAccount(7)).toEqual(makeTinyAccount(7));
    expect(makeTinyAccount(8)).not.toEqual(makeTinyAccount(7));
  });

  it('have every kind of captures, event, knowledge of the opener, and gap', () => {
    expect(new Set(accounts.map(({ habit }) => habit))).toEqual(new Set(HABITS));
    const events = accounts.flatMap(({ history }) => history.map(({ event }) => event)).join('\n');
    for (const word of [
      'launched',
      'terminated',
      'gives',
      'loses',
      'is now inbound',
      'revoked',
      'version',
      'deleted',
    ]) {
      expect(events).toContain(word);
    }
    const methods = new Set(conversations.map(({ method }) => method));
    expect(methods).toEqual(new Set(['tcp-flags', 'ports', 'rule-elimination', 'none']));
    expect(new Set(conversations.map(({ epoch }) => Math.sign(epoch)))).toEqual(new Set([-1, 0, 1]));
  });

  it('accept what a rule admits, and reject the rest', () => {
    for (const { evidence, encounters } of accounts) {
      const actions = evidence.conversations.map(({ action }) => action);
      expect(actions).toEqual(encounters.map(({ admittedBy }) => (admittedBy.length > 0 ? 'ACCEPT' : 'REJECT')));
    }
    const accepted = conversations.filter(({ action }) => action === 'ACCEPT').length;
    expect(accepted / conversations.length).toBeGreaterThan(0.4);
  });

  it('see nothing of interfaces before they live, and nothing outside of the logs', () => {
    for (const { evidence } of accounts) {
      for (const { interfaceId, firstSeen } of evidence.conversations) {
        const { from, to } = evidence.logged.get(interfaceId) ?? { from: 0, to: 0 };
        expect(firstSeen).toBeGreaterThanOrEqual(from);
        expect(firstSeen).toBeLessThan(to);
      }
    }
  });
});
