/**
 * Data that means harm, or is only large: markup in tags and descriptions, thousands of groups, many sources, nothing at
 * all, no inventory, IPv6 alone. Nothing runs as script, nothing breaks, and every empty state says what to do.
 */
import type { InventorySnapshot, NetworkInterface, SecurityGroup } from '@flowfit/core/inventory/model';
import { emptySnapshot } from '@flowfit/core/inventory/snapshot';
import { addSnapshot } from '@flowfit/lake/inventory/store';
import type { GroupsAnswer } from '@flowfit/server/contract/rules';
import type { SummaryAnswer } from '@flowfit/server/contract/traffic';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  api,
  eventually,
  ingestLines,
  launch,
  openPage,
  type Stage,
  settle,
  stage,
  withoutChromium,
} from './harness.ts';

const START = Date.parse('2026-06-01T00:00:00Z') / 1000;
const EVIL = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

const group = (index: number, more: Partial<SecurityGroup> = {}): SecurityGroup => {
  const id = `sg-${String(index).padStart(17, '0')}`;
  return {
    id,
    groupName: `group-${index}`,
    description: '',
    accountId: '111122223333',
    region: 'us-east-1',
    vpcId: 'vpc-0000000000000000a',
    name: null,
    tags: {},
    rules: [
      {
        id: `sgr-${String(index).padStart(17, '0')}`,
        groupId: id,
        direction: 'inbound',
        protocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        peer: { kind: 'cidr', cidr: '0.0.0.0/0' },
        description: more.description ?? '',
      },
      {
        id: `sgr-1${String(index).padStart(16, '0')}`,
        groupId: id,
        direction: 'inbound',
        protocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        peer: { kind: 'cidr', cidr: '2001:db8::/32' },
        description: '',
      },
    ],
    ...more,
  };
};

const ENI = 'eni-0000000000000000a';

const networkInterface = (groupIds: readonly string[], name: string | null = null): NetworkInterface => ({
  id: ENI,
  name,
  tags: name === null ? {} : { Name: name },
  accountId: '111122223333',
  region: 'us-east-1',
  vpcId: 'vpc-0000000000000000a',
  subnetId: 'subnet-0000000000000000a',
  description: name ?? '',
  type: 'interface',
  instanceId: null,
  requesterId: null,
  requesterManaged: false,
  status: 'in-use',
  groupIds,
  addresses: ['10.0.0.10', '2001:db8:0:1::10'],
  prefixes: [],
  publicAddresses: [],
  connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
});

const snapshotOf = (interfaces: readonly NetworkInterface[], groups: readonly SecurityGroup[]): InventorySnapshot => ({
  ...emptySnapshot('2026-05-31T00:00:00Z'),
  interfaces,
  groups,
});

/** A line of version 5 in the order of the simulated account's format. */
const line = (source: string, destination: string, start: number, tag = '-'): string =>
  `5 111122223333 ${ENI} ${source} ${destination} 40000 443 6 10 1000 ${start} ${start + 50} ACCEPT OK ` +
  `vpc-0000000000000000a subnet-0000000000000000a ${tag} 2 ${source.includes(':') ? 'IPv6' : 'IPv4'} ${source} ${destination} us-east-1 use1-az1 - - - - ingress -`;

let browser: Browser;

describe.skipIf(withoutChromium)('hostile data', { timeout: 180_000 }, () => {
  const stages: Stage[] = [];
  const stageWith = async (fill: Parameters<typeof stage>[0]): Promise<Stage> => {
    const made = await stage(fill);
    stages.push(made);
    return made;
  };

  beforeAll(async () => {
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    for (const one of stages) await one.close();
  });

  it('markup in names, descriptions and fields is text on every page', async () => {
    const evil = group(1, { groupName: EVIL, description: EVIL, tags: { Name: EVIL } });
    const { url } = await stageWith(async (lake, folder) => {
      const tag = EVIL.replaceAll(' ', '_');
      await ingestLines(
        lake,
        folder,
        [line('198.51.100.7', '10.0.0.10', START, tag)],
        [snapshotOf([networkInterface([evil.id], EVIL)], [evil])],
      );
    });
    for (const path of [
      '/?range=all',
      `/?range=all&f=${encodeURIComponent(`instance-id:${EVIL}`)}`,
      '/groups',
      `/groups/${evil.id}`,
      '/findings',
    ]) {
      const page = await openPage(browser, `${url}${path}`);
      expect([path, await page.title()]).not.toContain('owned');
      expect(await page.locator('main img, main script').count()).toBe(0);
    }
    const page = await openPage(browser, `${url}/groups/${evil.id}`);
    expect(await page.getByText(EVIL).count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Open all' }).first().click();
    await settle(page);
    expect(await page.title()).not.toContain('owned');
  });

  it('ten thousand groups are a page that scrolls', async () => {
    const groups = Array.from({ length: 10_000 }, (_, index) => group(index + 1));
    const { url } = await stageWith(async (lake, folder) => {
      const ids = groups.slice(0, 5).map(({ id }) => id);
      await ingestLines(
        lake,
        folder,
        [line('198.51.100.7', '10.0.0.10', START)],
        [snapshotOf([networkInterface(ids)], groups)],
      );
    });
    const answer = await api<GroupsAnswer>(url, 'groups');
    expect(answer.groups).toHaveLength(10_000);
    const page = await openPage(browser, `${url}/groups?sort=name`);
    expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe('10001');
    expect(await page.locator('[data-group]').count()).toBeLessThan(80);
    await page.keyboard.press('End');
    await page.locator('[aria-rowindex="10001"]').waitFor();
    const findings = await openPage(browser, `${url}/findings`);
    expect(await findings.locator('[data-finding]').count()).toBeLessThan(80);
  });

  it('many sources are counted, and the first hundred listed', async () => {
    const sources = Array.from(
      { length: 30_000 },
      (_, index) => `203.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    );
    const { url } = await stageWith(async (lake, folder) => {
      const lines = sources.map((source, index) => line(source, '10.0.0.10', START + (index % 3000)));
      await ingestLines(lake, folder, lines, [snapshotOf([networkInterface([group(1).id])], [group(1)])]);
    });
    const { current } = await api<SummaryAnswer>(url, 'summary');
    expect(current).toMatchObject({ flows: sources.length, peers: sources.length });
    const page = await openPage(browser, `${url}/?range=all`);
    expect(await page.getByRole('list', { name: 'Source addresses' }).getByRole('listitem').count()).toBe(100);
    const detail = await openPage(browser, `${url}/groups/${group(1).id}`);
    const label = await detail
      .getByRole('img', { name: /allowed addresses seen$/ })
      .first()
      .getAttribute('aria-label');
    // The count of very many peers is an estimate.
    expect(Number(label?.split(' ')[0])).toBeGreaterThan(sources.length * 0.9);
    expect(Number(label?.split(' ')[0])).toBeLessThan(sources.length * 1.1);
  });

  it('an empty lake says how to fill it, on every page', async () => {
    const { url } = await stageWith(async () => undefined);
    const page = await openPage(browser, url);
    expect(await page.getByText('This lake is empty').count()).toBe(1);
    expect(await page.getByText('flowfit ingest').count()).toBe(1);
    for (const path of ['/groups', '/findings']) {
      const other = await openPage(browser, `${url}${path}`);
      expect(await other.getByText('The lake has no inventory').count()).toBe(1);
    }
  });

  it('a lake without inventory shows its traffic and says what is missing', async () => {
    const { url, lake } = await stageWith(async (lake, folder) => {
      await ingestLines(lake, folder, [line('198.51.100.7', '10.0.0.10', START)], []);
    });
    const page = await openPage(browser, `${url}/?range=all`);
    expect(await page.locator('[data-figure="flows"]').getAttribute('data-value')).toBe('1');
    expect(await page.getByText('flowfit inventory add PATH').count()).toBe(1);
    // With the inventory come the groups, on the same page.
    await addSnapshot(lake, snapshotOf([networkInterface([group(1).id])], [group(1)]));
    const row = page.getByRole('list', { name: 'Security groups' }).locator(`[data-value="${group(1).id}"]`);
    await eventually(() => row.count()).toBe(1);
  });

  it('IPv6 alone is shown like anything else', async () => {
    const { url } = await stageWith(async (lake, folder) => {
      const lines = Array.from({ length: 50 }, (_, index) =>
        line(`2001:db8:ffff::${index + 1}`, '2001:db8:0:1::10', START + index),
      );
      await ingestLines(lake, folder, lines, [snapshotOf([networkInterface([group(1).id])], [group(1)])]);
    });
    const page = await openPage(browser, `${url}/?range=all`);
    await page
      .getByRole('list', { name: 'Source addresses' })
      .locator('[data-value="2001:db8:ffff::1"]')
      .getByRole('button')
      .first()
      .click();
    await settle(page);
    expect(await page.locator('[data-figure="flows"]').getAttribute('data-value')).toBe('1');
    const detail = await openPage(browser, `${url}/groups/${group(1).id}`);
    const drawn = detail.getByRole('img', { name: '50 of 2^96 allowed addresses seen' });
    expect(await drawn.count()).toBe(1);
  });

  it('an address of the page that nobody wrote is answered with sense', async () => {
    const { url } = stages.at(-1) ?? (await stageWith(async () => undefined));
    const page = await openPage(browser, `${url}/?range=999-1&f=%3Cscript%3E&f=nofield:x&where=%00&by=nothing`);
    expect(await page.locator('[data-figure="flows"]').count()).toBe(1);
    const lost = await openPage(browser, `${url}/nowhere`);
    expect(await lost.getByText('There is no such page').count()).toBe(1);
  });
});
