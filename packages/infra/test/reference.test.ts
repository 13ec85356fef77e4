/** The reference page names what the stack has. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { bundle, synthesize } from './synthesize.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/reference/pipeline.md', import.meta.url)), 'utf8');
const configuration = readFileSync(fileURLToPath(new URL('../src/configuration.ts', import.meta.url)), 'utf8');

beforeAll(bundle);

it('documents every setting, variable, alarm and own metric', () => {
  const { template, remove } = synthesize({});
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  remove();
  const names = [
    ...[...configuration.matchAll(/(?:text|choice|list)\('(\w+)'/g)].map(([, name]) => name!),
    ...functions.flatMap(({ Properties }) => Object.keys(Properties.Environment.Variables)),
    ...alarms
      .filter(({ Properties }) => Properties.Namespace === 'Flowfit')
      .map(({ Properties }) => Properties.MetricName),
    ...Object.keys(template.findResources('AWS::CloudWatch::Alarm')).map(
      (id) => /^Alarms(\w+?)[0-9A-F]{8}$/.exec(id)![1]!,
    ),
  ];
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => name !== 'NODE_OPTIONS' && !page.includes(`\`${name}\``))).toEqual([]);
});
