import { describe, expect, it } from 'vitest';
import { DOCUMENT_FIELDS } from '../mapping.ts';
import { namesOf } from '../names.ts';
import { toSavedObjects } from './dashboard.ts';
import { type SavedObject, toNdjson } from './object.ts';
import { PANELS, RECORD_COLUMNS } from './panels.ts';

const objects = toSavedObjects(namesOf());
const fields = new Set(DOCUMENT_FIELDS.map(({ name }) => name));
const json = (object: SavedObject, attribute: string) => JSON.parse(object.attributes[attribute] as string);
const ofType = (type: SavedObject['type']) => objects.filter((object) => object.type === type);

describe('the saved objects', () => {
  it('are one JSON object per line, as the import takes them', () => {
    const lines = toNdjson(objects).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line))).toEqual(objects);
  });

  it('have ids of their own', () => {
    expect(new Set(objects.map(({ type, id }) => `${type}/${id}`)).size).toBe(objects.length);
  });

  it('refer only to each other, and come after what they refer to', () => {
    const seen = new Set<string>();
    for (const { type, id, references } of objects) {
      for (const reference of references) expect(seen).toContain(`${reference.type}/${reference.id}`);
      seen.add(`${type}/${id}`);
    }
  });

  it('search by the reference they declare', () => {
    for (const object of [...ofType('visualization'), ...ofType('search')]) {
      const meta = object.attributes['kibanaSavedObjectMeta'] as { searchSourceJSON: string };
      const { indexRefName } = JSON.parse(meta.searchSourceJSON) as { indexRefName: string };
      expect(object.references.map(({ name }) => name)).toEqual([indexRefName]);
    }
  });

  it('use only fields of the mapping', () => {
    for (const object of ofType('visualization')) {
      for (const { params } of json(object, 'visState').aggs) if (params.field) expect(fields).toContain(params.field);
    }
    for (const column of RECORD_COLUMNS) expect(fields).toContain(column);
    for (const object of ofType('query')) {
      const { query } = object.attributes['query'] as { query: string };
      for (const [, name] of query.matchAll(/([\w@-]+) :/g)) expect(fields).toContain(name);
    }
  });

  it('describe every field of the mapping in the index pattern', () => {
    const [pattern] = ofType('index-pattern');
    const described = json(pattern!, 'fields') as { name: string; type: string }[];
    expect(described.map(({ name }) => name)).toEqual([...fields]);
    expect(described.every(({ type }) => typeof type === 'string')).toBe(true);
    for (const name of Object.keys(json(pattern!, 'fieldFormatMap'))) expect(fields).toContain(name);
    expect(pattern!.attributes['timeFieldName']).toBe('@timestamp');
  });

  it('number aggregations so that orders refer to a metric', () => {
    for (const { aggregations } of PANELS) {
      const metrics = aggregations.filter(({ schema }) => schema === 'metric').map(({ id }) => id);
      for (const { params } of aggregations) if (params['orderBy']) expect(metrics).toContain(params['orderBy']);
    }
  });

  it('place every panel of the dashboard once, within the grid and without overlap', () => {
    const [dashboard] = ofType('dashboard');
    const panels = json(dashboard!, 'panelsJSON') as { panelRefName: string; gridData: Record<string, number> }[];
    expect(panels.map(({ panelRefName }) => panelRefName)).toEqual(dashboard!.references.map(({ name }) => name));
    expect(panels).toHaveLength(PANELS.length + 1);
    const cells = new Set<string>();
    for (const { gridData } of panels) {
      const { x, y, w, h } = gridData as { x: number; y: number; w: number; h: number };
      expect(x + w).toBeLessThanOrEqual(48);
      for (let column = x; column < x + w; column += 1) {
        for (let row = y; row < y + h; row += 1) {
          expect(cells).not.toContain(`${column}/${row}`);
          cells.add(`${column}/${row}`);
        }
      }
    }
  });

  it('keep apart under another prefix', () => {
    const others = toSavedObjects(namesOf('test')).map(({ type, id }) => `${type}/${id}`);
    for (const { type, id } of objects) expect(others).not.toContain(`${type}/${id}`);
  });
});
