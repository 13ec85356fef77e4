/** Groups, rules and findings through a real browser: what the page says, the API says; what the API says, is true. */
import type { FindingsAnswer } from '@flowfit/server/contract/findings';
import type { GroupAnswer, GroupsAnswer, RulesAnswer } from '@flowfit/server/contract/rules';
import type { SummaryAnswer } from '@flowfit/server/contract/traffic';
import type { CollectedAccount } from '@flowfit/testkit/account/account';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  api,
  eventually,
  fillWithAccount,
  launch,
  openPage,
  type Stage,
  settle,
  stage,
  withoutChromium,
} from './harness.ts';

let browser: Browser;
let demo: Stage;
let account: CollectedAccount;

describe.skipIf(withoutChromium)('the pages about rules', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
    demo = await stage(async (lake, folder) => {
      account = await fillWithAccount(lake, folder, { days: 1, records: 20_000, aggregationInterval: 600 });
    });
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  it('say which groups had traffic and which had not, as the account knows it', async () => {
    const page = await openPage(browser, `${demo.url}/groups`);
    const { groups } = await api<GroupsAnswer>(demo.url, 'groups');
    const shown = await page.locator('[data-group]').all();
    expect(shown).toHaveLength(groups.length);
    for (const { groupId, verdict } of groups) {
      const row = page.locator(`[data-group="${groupId}"]`);
      expect(await row.getByText(verdict, { exact: true }).count()).toBe(1);
    }
    const usedRules = account.rules.filter(({ unused }) => !unused);
    const withTraffic = new Set(usedRules.map(({ groupId }) => groupId));
    for (const { groupId, verdict } of groups) {
      // A rule may also have admitted something only possibly: then the group is active, and nobody knows better.
      if (withTraffic.has(groupId)) expect([groupId, verdict]).toEqual([groupId, 'active']);
    }
    await page.getByRole('radio', { name: /^silent/i }).click();
    const silent = groups.filter(({ verdict }) => verdict === 'silent');
    expect(silent.length).toBeGreaterThan(0);
    await eventually(() => page.locator('[data-group]').count()).toBe(silent.length);
    expect(silent.filter(({ groupId }) => withTraffic.has(groupId))).toEqual([]);
  });

  it('find a group by name, and sort by what is unused', async () => {
    const page = await openPage(browser, `${demo.url}/groups`);
    const { groups } = await api<GroupsAnswer>(demo.url, 'groups');
    await page
      .getByRole('columnheader', { name: /^Rules/ })
      .getByRole('button')
      .click();
    const most = Math.max(...groups.map(({ rules }) => rules.unused));
    const first = await page.locator('[data-group]').first().getAttribute('data-group');
    expect(groups.find(({ groupId }) => groupId === first)?.rules.unused).toBe(most);
    const name = groups[0]?.groupName ?? '';
    await page.getByRole('searchbox', { name: 'Find a group' }).fill(name);
    await eventually(() => page.locator('[data-group]').count()).toBe(
      groups.filter(({ groupName }) => groupName?.includes(name)).length,
    );
  });

  it('lead to the rule that nothing used: the one for port 80', async () => {
    const { rules } = await api<RulesAnswer>(demo.url, 'rules');
    const unusedByTruth = new Set(account.rules.filter(({ unused }) => unused).map(({ ruleId }) => ruleId));
    const rule = rules.find(
      ({ fromPort, toPort, verdict, ruleId }) =>
        fromPort === 80 && toPort === 80 && verdict === 'unused' && unusedByTruth.has(ruleId),
    );
    if (rule === undefined) throw new Error('The account has no unused rule for port 80.');
    const page = await openPage(browser, `${demo.url}/findings?kind=unused-rule`);
    const finding = page.locator(`[data-finding="unused-rule:${rule.ruleId}"]`);
    await page.getByRole('searchbox', { name: 'Find a finding' }).fill(rule.ruleId);
    await eventually(() => page.locator('[data-finding]').count()).toBe(1);
    await finding.getByRole('link', { name: 'Rules of the group' }).click();
    await settle(page);
    const row = page.locator(`[data-rule="${rule.ruleId}"]`);
    expect(await row.getAttribute('data-verdict')).toBe('unused');
    expect(await row.textContent()).toContain('never seen');
    await row.getByRole('button', { name: /^Evidence/ }).click();
    await row.getByText('It admitted nothing in the window.').waitFor();
  });

  it('say on top what would decide more, fold it away on request, and say it of every undecided rule', async () => {
    const { lacks, rules } = await api<RulesAnswer>(demo.url, 'rules');
    const rule = rules.find(({ undecided }) => undecided.some(({ decide }) => decide !== null));
    if (rule === undefined) throw new Error('Every rule of the account has a verdict.');
    const page = await openPage(browser, `${demo.url}/groups`);
    const panel = page.getByRole('region', { name: 'What would decide more' });
    const toggle = panel.getByRole('button', { name: /^What would decide more/ });
    await panel.getByText(`${lacks.rules.undecided} of ${rules.length} rules are undecided`).waitFor();
    await panel.getByText(lacks.reasons[0]?.meaning ?? '').waitFor();
    await toggle.press('Enter');
    expect(await toggle.getAttribute('aria-expanded')).toBe('false');
    await page.goto(`${demo.url}/groups/${rule.groupId}`);
    await settle(page);
    expect(await toggle.getAttribute('aria-expanded')).toBe('false');
    const row = page.locator(`[data-rule="${rule.ruleId}"]`);
    await row.getByRole('button', { name: /^Evidence/ }).click();
    for (const { reason, meaning } of rule.undecided) {
      expect(await row.locator(`[data-reason="${reason}"]`).textContent()).toContain(meaning);
    }
    await row.getByText('To decide it: ').first().waitFor();
  });

  it("compare a group's sources with what its rules allow", async () => {
    const { rules } = await api<RulesAnswer>(demo.url, 'rules?verdict=used');
    const rule = rules.find(
      ({ peer, direction, peers }) =>
        peer.endsWith('.0/16') === false && peer.includes('.') && direction === 'inbound' && peers.count > 1,
    );
    if (rule === undefined) throw new Error('The account has no such rule.');
    const { rules: detailed } = await api<GroupAnswer>(demo.url, `groups/${rule.groupId}`);
    const wanted = detailed.find(({ ruleId }) => ruleId === rule.ruleId);
    // The peers of the account's connections that this rule admitted.
    const peers = new Set(
      account.connections
        .filter(
          ({ rules: admitting, records }) => records > 0 && admitting.some(({ ruleId }) => ruleId === rule.ruleId),
        )
        .map(({ peerAddress }) => peerAddress),
    );
    expect(wanted?.peers.count).toBe(peers.size);
    const page = await openPage(browser, `${demo.url}/groups/${rule.groupId}`);
    const row = page.locator(`[data-rule="${rule.ruleId}"]`);
    const line = row.getByRole('img', { name: /allowed addresses seen$/ });
    expect(await line.getAttribute('aria-label')).toMatch(new RegExp(`^${peers.size} of `));
    await row.getByRole('button', { name: /^Evidence/ }).click();
    const [busiest] = wanted?.topPeers ?? [];
    expect(await row.getByText(busiest?.address ?? '', { exact: true }).count()).toBe(1);
  });

  it('lead from a rule to the traffic that was seen', async () => {
    const { rules } = await api<RulesAnswer>(demo.url, 'rules?verdict=used');
    const rule = rules.find(
      ({ fromPort, toPort, protocol }) => fromPort === toPort && fromPort !== null && protocol === 'tcp',
    );
    if (rule === undefined) throw new Error('The account has no such rule.');
    const page = await openPage(browser, `${demo.url}/groups/${rule.groupId}`);
    const row = page.locator(`[data-rule="${rule.ruleId}"]`);
    await row.getByRole('button', { name: /^Evidence/ }).click();
    await row.getByRole('link', { name: 'Seen traffic' }).click();
    await settle(page);
    const initiator = rule.direction === 'inbound' ? 'remote' : 'local';
    const where = `security-group-ids = ${rule.groupId} and initiator = ${initiator} and service-port = ${rule.fromPort}`;
    const { current } = await api<SummaryAnswer>(demo.url, `summary?where=${encodeURIComponent(where)}`);
    expect(Number(await page.locator('[data-figure="flows"]').getAttribute('data-value'))).toBe(current.flows);
    expect(current.flows).toBeGreaterThan(0);
  });

  it('dismiss a finding with a reason, and restore it', async () => {
    const page = await openPage(browser, `${demo.url}/findings`);
    const { findings } = await api<FindingsAnswer>(demo.url, 'findings');
    const [first] = findings;
    const card = page.locator(`[data-finding="${first?.id}"]`);
    await card.getByRole('button', { name: 'Dismiss…' }).click();
    await page.getByRole('textbox', { name: 'Why nobody needs to act on it' }).fill('Kept for <i>recovery</i>');
    await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
    await eventually(() => card.count()).toBe(0);
    const after = await api<FindingsAnswer>(demo.url, 'findings');
    expect(after.findings.find(({ id }) => id === first?.id)?.dismissed?.reason).toBe('Kept for <i>recovery</i>');
    await page.getByRole('radio', { name: 'Dismissed' }).click();
    await card.getByText('Kept for <i>recovery</i>').waitFor();
    await card.getByRole('button', { name: 'Restore' }).click();
    await eventually(() => card.count()).toBe(0);
    expect((await api<FindingsAnswer>(demo.url, 'findings')).findings).toEqual(findings);
  });

  it('notice new data without a restart', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    const flows = page.locator('[data-figure="flows"]');
    const before = Number(await flows.getAttribute('data-value'));
    await demo.lake.write(async () => undefined);
    const more = await fillWithAccount(demo.lake, demo.folder, {
      seed: 2,
      days: 0.125,
      records: 500,
      aggregationInterval: 600,
    });
    await eventually(async () => Number(await flows.getAttribute('data-value'))).toBe(before + more.totals.stored);
  });
});
