import { ADDED_FIELDS } from '@flowfit/core/enrich/added';
import { FIELDS } from '@flowfit/core/flow/fields';
import { expect, it } from 'vitest';
import { namesOf } from './names.ts';
import { toRetentionPolicy } from './retention.ts';
import { toIndexTemplate } from './template.ts';

const names = namesOf();

it('maps every field of the tables, numbers, addresses and points as such', () => {
  const { properties } = toIndexTemplate(names).template.mappings;
  expect(Object.keys(properties)).toEqual(['@timestamp', ...[...FIELDS, ...ADDED_FIELDS].map(({ name }) => name)]);
  expect(properties).toMatchObject({
    '@timestamp': { type: 'date' },
    srcaddr: { type: 'ip' },
    dstport: { type: 'integer' },
    bytes: { type: 'long' },
    start: { type: 'date', format: 'epoch_second' },
    action: { type: 'keyword' },
    'security-group-ids': { type: 'keyword' },
    'source-location': { type: 'geo_point' },
  });
});

it('applies to the daily indexes and asks for no plugin', () => {
  const template = toIndexTemplate(names, { shards: 3 });
  expect(template.index_patterns).toEqual(['cwl-*']);
  expect(template.template.settings.index).toEqual({
    number_of_shards: 3,
    auto_expand_replicas: '0-1',
    codec: 'best_compression',
    refresh_interval: '10s',
  });
});

it('deletes indexes by age, by way of UltraWarm where asked', () => {
  const states = ({ policy }: ReturnType<typeof toRetentionPolicy>) =>
    policy.states.map(({ name, transitions }) => [
      name,
      ...transitions.map(({ state_name, conditions }) => `${state_name} after ${conditions.min_index_age}`),
    ]);
  expect(states(toRetentionPolicy(names, { deleteAfterDays: 30 }))).toEqual([['hot', 'delete after 30d'], ['delete']]);
  const warm = toRetentionPolicy(names, { deleteAfterDays: 90, warmAfterDays: 7 });
  expect(states(warm)).toEqual([['hot', 'warm after 7d'], ['warm', 'delete after 90d'], ['delete']]);
  expect(warm.policy.ism_template).toEqual([{ index_patterns: ['cwl-*'], priority: 100 }]);
  expect(warm.policy.states.some(({ name }) => name === warm.policy.default_state)).toBe(true);
});

it('refuses to delete what is not warm yet', () => {
  expect(() => toRetentionPolicy(names, { deleteAfterDays: 7, warmAfterDays: 7 })).toThrow(RangeError);
});
