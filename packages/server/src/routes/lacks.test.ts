/** What an account lacks for more verdicts: one capture, made after the logs, as most people have at first. */
import { analyse } from '@flowfit/lake/analysis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJson, makeApp, makeSample, type Sample } from '../../test/sample.ts';
import type { App } from '../context.ts';
import type { FindingsAnswer } from '../contract/findings.ts';
import type { GroupAnswer, GroupsAnswer, RulesAnswer } from '../contract/rules.ts';
import { renderReport } from '../report/render.ts';

let sample: Sample;
let app: App;
let answer: RulesAnswer;

beforeAll(async () => {
  sample = await makeSample({ days: 0.25 }, 'last');
  app = await makeApp(sample.context);
  answer = await getJson<RulesAnswer>(app, 'rules');
});

afterAll(async () => {
  await app.close();
  await sample.remove();
});

type Rules = RulesAnswer['rules'];
const verdictsOf = (rules: Rules) => {
  const count = (wanted: Rules[number]['verdict']) => rules.filter(({ verdict }) => verdict === wanted).length;
  return { used: count('used'), unused: count('unused'), undecided: count('undecided') };
};

describe('lacks', () => {
  it('count the verdicts of all rules, and their reasons', () => {
    const { lacks, rules } = answer;
    expect(lacks.rules).toEqual(verdictsOf(rules));
    expect(lacks.rules.undecided).toBeGreaterThan(0);
    for (const { reason, rules: concerned } of lacks.reasons) {
      expect(rules.filter((rule) => rule.undecided.some((one) => one.reason === reason))).toHaveLength(concerned);
    }
    expect(lacks.inventory).toMatch(
      /^The inventory was captured once, at .* No capture comes before the first 6 hours of the window/,
    );
  });

  it('are the same beside groups, findings and a choice of rules', async () => {
    const asked = ['groups', 'findings', 'rules?verdict=used'];
    for (const path of asked) {
      const { lacks } = await getJson<GroupsAnswer | FindingsAnswer | RulesAnswer>(app, path);
      expect(lacks).toEqual(answer.lacks);
    }
  });

  it('of a group are those of its rules', async () => {
    const groupId = answer.rules.find(({ verdict }) => verdict === 'undecided')?.groupId;
    const { lacks, rules } = await getJson<GroupAnswer>(app, `groups/${groupId}`);
    expect(lacks.rules).toEqual(verdictsOf(rules));
  });
});

describe('an undecided rule', () => {
  it('has each reason with what it means, and the time of the connections in doubt', () => {
    for (const { verdict, reasons, undecided } of answer.rules) {
      expect(undecided.map(({ reason }) => reason)).toEqual(verdict === 'undecided' ? reasons : []);
      for (const { meaning, connections, firstSeen, lastSeen } of undecided) {
        expect(meaning).not.toBe('');
        if (connections > 0) expect(Date.parse(firstSeen ?? '')).toBeLessThanOrEqual(Date.parse(lastSeen ?? ''));
      }
    }
  });
});

describe('the report', () => {
  it.each(['html', 'markdown'] as const)('as %s says on top what would decide more', async (format) => {
    const text = await renderReport(sample.lake, await analyse(sample.lake), { format, version: '0.0.0' });
    const { used, unused, undecided } = answer.lacks.rules;
    expect(text).toContain(`${undecided} of ${used + unused + undecided} rules are undecided`);
    for (const { reason } of answer.lacks.reasons) expect(text).toContain(reason);
  });

  it('as CSV says of each rule what would decide it', async () => {
    const text = await renderReport(sample.lake, await analyse(sample.lake), { format: 'csv', version: '0.0.0' });
    const [header, ...lines] = text.trimEnd().split('\r\n');
    expect(header).toMatch(/,extrapolated,to-decide$/);
    expect(lines.filter((line) => !/,(true|false),$/.test(line))).toHaveLength(answer.lacks.rules.undecided);
  });
});
