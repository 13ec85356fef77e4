/**
 * A whole refresh as one statement: figures, histogram, lists and the links between neighbouring lists. What several of
 * them need is grouped once, by the fields that go together, and each part is taken from the few rows of that.
 */
import type { Filter } from '@flowfit/core/filter/tree';
import type { Row } from '../database.ts';
import type { HistogramRow } from '../queries/histogram.ts';
import type { PathLink } from '../queries/paths.ts';
import { runQuery } from '../queries/run.ts';
import type { Summary } from '../queries/summary.ts';
import type { Measure, TopRow } from '../queries/top.ts';
import type { Window } from '../queries/window.ts';
import { SECONDS_PER_DAY } from '../relations.ts';
import type { LakeState } from '../state.ts';
import { codedCondition } from './codes.ts';
import { type Dictionary, residentColumn } from './columns.ts';
import type { ResidentTable } from './resident.ts';

/** What is asked of one window. */
export interface Question extends Window {
  readonly figures?: boolean | undefined;
  readonly histogram?: { readonly stepSeconds: number; readonly by: string } | undefined;
  readonly by?: Measure | undefined;
  readonly lists?: readonly ListQuestion[] | undefined;
  /** Columns of paths, from left to right: the largest values of each, and the links between neighbours. */
  readonly paths?: readonly ListQuestion[] | undefined;
}

export interface ListQuestion {
  readonly field: string;
  readonly limit: number;
}

export interface Reply {
  readonly figures: Summary | null;
  readonly histogram: readonly HistogramRow[];
  /** In the order of the question. */
  readonly lists: readonly (readonly TopRow[])[];
  /** Without the rows that have no value. */
  readonly paths: readonly (readonly TopRow[])[];
  readonly links: readonly (readonly PathLink[])[];
}

/** Fields that are grouped by together where a question has more than one of them: the groups stay few. */
const TOGETHER: readonly (readonly string[])[] = [
  ['action', 'direction', 'protocol', 'initiator'],
  ['interface-id', 'security-group-ids'],
  ['source-country-code', 'source-location'],
];

const FIGURES = [['action'], ['interface-id', 'security-group-ids']];
const SUMS = `sum(flows)::BIGINT AS flows, sum(packets)::BIGINT AS packets, sum(bytes)::BIGINT AS bytes`;
const SPAN = 'min(first_seen) AS first_seen, max(last_seen) AS last_seen';

export const answerResident = async (
  lake: LakeState,
  table: ResidentTable,
  filter: Filter | undefined,
  questions: readonly Question[],
  signal?: AbortSignal,
): Promise<Reply[]> => {
  const condition = filter === undefined ? null : await codedCondition(lake, table.schema, filter, signal);
  const statement = new Statement(table.schema);
  const takers = questions.map((question, index) => ask(statement, question, `q${index}`, condition));
  const rows = await runQuery<PartRow>(lake, statement.toSql(), [], signal);
  const parts = new Parts(rows);
  const values = await valuesOf(lake, table.schema, parts.codes(statement.dictionaries), signal);
  return takers.map((take) => take(parts, values));
};

/** Keys are codes or numbers. */
interface PartRow extends Row {
  readonly part: number;
  readonly a: number | null;
  readonly b: number | null;
  readonly flows: number | null;
  readonly packets: number | null;
  readonly bytes: number | null;
}

type Values = (dictionary: Dictionary | null, code: number | null) => string | number | null;
type Taker = (parts: Parts, values: Values) => Reply;

/** Gathers what the parts of a statement are made of. */
class Statement {
  readonly schema: string;
  readonly #tables = new Map<string, string>();
  readonly #parts: string[] = [];
  /** Of the keys `a` and `b` of each part. */
  readonly dictionaries: (readonly [Dictionary | null, Dictionary | null])[] = [];

  constructor(schema: string) {
    this.schema = schema;
  }

  /** A table that is made once. @returns its name */
  table(name: string, query: string): string {
    this.#tables.set(name, query);
    return name;
  }

  /** @param query of `a`, `b`, `flows`, `packets`, `bytes` @returns the number of the part */
  part(query: string, a: Dictionary | null = null, b: Dictionary | null = null): number {
    const part = this.#parts.length;
    this.#parts.push(`(SELECT ${part} AS part, a, b, flows, packets, bytes FROM (${query}))`);
    this.dictionaries.push([a, b]);
    return part;
  }

  toSql(): string {
    const tables = [...this.#tables].map(([name, query]) => `${name} AS MATERIALIZED (${query})`);
    return `${tables.length === 0 ? '' : `WITH ${tables.join(',\n')}\n`}${this.#parts.join('\nUNION ALL ')}`;
  }
}

const ask = (statement: Statement, question: Question, prefix: string, condition: string | null): Taker => {
  const { by = 'flows', lists = [], paths = [] } = question;
  const groups = new Groups(statement, question, prefix, condition);
  const figures = question.figures ? askFigures(statement, groups) : null;
  const histogram = question.histogram === undefined ? null : askHistogram(statement, groups, question.histogram);
  const listParts = lists.map((list) => askList(statement, groups, list, by));
  const columns = paths.map((list, index) => askColumn(statement, groups, list, by, `${prefix}_column_${index}`));
  const links = columns.slice(1).map((right, index) => askLinks(statement, groups, columns[index] ?? right, right));
  return (parts, values) => ({
    figures: figures === null ? null : takeFigures(parts, figures),
    histogram: histogram === null ? [] : takeHistogram(parts, histogram, values),
    lists: listParts.map((list) => takeList(parts, list, by, values)),
    paths: columns.map(({ list }) => takeList(parts, list, by, values)),
    links: links.map((link) => takeLinks(parts, link, values)),
  });
};

/** The groupings of one window. */
class Groups {
  readonly #statement: Statement;
  readonly #prefix: string;
  readonly #question: Question;
  readonly #condition: string | null;
  readonly #together: readonly (readonly string[])[];

  constructor(statement: Statement, question: Question, prefix: string, condition: string | null) {
    const { figures, lists = [], paths = [] } = question;
    this.#statement = statement;
    this.#prefix = prefix;
    this.#question = question;
    this.#condition = condition;
    const wanted = [...(figures ? FIGURES : []), ...[...lists, ...paths].map(({ field }) => [field])];
    this.#together = TOGETHER.flatMap((set) => {
      const within = wanted.filter((fields) => fields.every((field) => set.includes(field)));
      return within.length < 2 ? [] : [set.filter((field) => within.some((fields) => fields.includes(field)))];
    });
  }

  /** For FROM: rows that what is asked for is added up from; whole days as far as the window has them. */
  get rows(): string {
    const { from, to } = this.#question;
    const first = from === undefined ? undefined : Math.ceil(from / SECONDS_PER_DAY) * SECONDS_PER_DAY;
    const last = to === undefined ? undefined : Math.floor(to / SECONDS_PER_DAY) * SECONDS_PER_DAY;
    if (first !== undefined && last !== undefined && first >= last) return this.hours;
    const parts = [this.#part('daily', first, last)];
    if (first !== from) parts.push(this.#part('hourly', from, first));
    if (last !== to) parts.push(this.#part('hourly', last, to));
    return this.#found('days', parts);
  }

  /** What a filter lets through is found once. */
  #found(name: string, parts: readonly string[]): string {
    const query = parts.join(' UNION ALL ');
    return this.#condition === null ? `(${query})` : this.#statement.table(`${this.#prefix}_${name}`, query);
  }

  /** As `rows`, each of one hour. */
  get hours(): string {
    return this.#found('hours', [this.#part('hourly', this.#question.from, this.#question.to)]);
  }

  #part(table: 'daily' | 'hourly', from: number | undefined, to: number | undefined): string {
    const conditions = [
      ...(from === undefined ? [] : [`hour >= ${Math.floor(from)}`]),
      ...(to === undefined ? [] : [`hour < ${Math.floor(to)}`]),
      ...(this.#condition === null ? [] : [this.#condition]),
    ];
    return `SELECT * FROM ${this.#statement.schema}.${table}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`;
  }

  /** A table grouped by these fields, and maybe by more. */
  of(fields: readonly string[]): string {
    const all = this.#together.find((set) => fields.every((field) => set.includes(field))) ?? fields;
    const columns = all.map((field) => residentColumn(field).column).join(', ');
    const name = `${this.#prefix}_${all.map((field) => field.replaceAll('-', '_')).join('_and_')}`;
    const sums = all.includes('action') ? `${SUMS}, ${SPAN}` : SUMS;
    return this.#statement.table(name, `SELECT ${columns}, ${sums} FROM ${this.rows} GROUP BY ${columns}`);
  }

  /** SELECT of `a`, the value, and its sums; lists become their elements. */
  valuesOf(field: string): string {
    const { column, dictionary } = residentColumn(field);
    const grouped = this.of([field]);
    return dictionary === 'lists'
      ? `SELECT member AS a, ${SUMS} FROM ${grouped} LEFT JOIN ${this.#statement.schema}.members ON list = ${column} GROUP BY member`
      : `SELECT ${column} AS a, ${SUMS} FROM ${grouped} GROUP BY ${column}`;
  }
}

/** Elements of lists are texts. */
const dictionaryOf = (field: string): Dictionary | null => {
  const { dictionary } = residentColumn(field);
  return dictionary === 'lists' ? 'texts' : dictionary;
};

interface FigureParts {
  readonly totals: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly counts: number;
}

const askFigures = (statement: Statement, groups: Groups): FigureParts => {
  const { schema } = statement;
  const byAction = groups.of(['action']);
  const byInterface = groups.of(['interface-id', 'security-group-ids']);
  const ofAction = (action: string): number =>
    statement.part(
      `SELECT NULL AS a, NULL AS b, ${SUMS} FROM ${byAction} WHERE action = (SELECT code FROM ${schema}.texts WHERE value = '${action}')`,
    );
  return {
    totals: statement.part(
      `SELECT min(first_seen) AS a, max(last_seen) AS b, sum(flows)::BIGINT AS flows, sum(packets)::BIGINT AS packets, sum(bytes)::BIGINT AS bytes FROM ${byAction}`,
    ),
    accepted: ofAction('ACCEPT'),
    rejected: ofAction('REJECT'),
    counts: statement.part(
      `SELECT (SELECT count(DISTINCT member) FROM ${byInterface} JOIN ${schema}.members ON list = security_group_ids) AS a,
         (SELECT count(DISTINCT interface_id) FROM ${byInterface}) AS b,
         (SELECT count(DISTINCT peer_address) FROM ${groups.rows}) AS flows, 0 AS packets, 0 AS bytes`,
    ),
  };
};

const takeFigures = (parts: Parts, { totals, accepted, rejected, counts }: FigureParts): Summary => {
  const [total, count] = [parts.first(totals), parts.first(counts)];
  return {
    ...measuresOf(total),
    accepted: parts.first(accepted)?.flows ?? 0,
    rejected: parts.first(rejected)?.flows ?? 0,
    groups: count?.a ?? 0,
    interfaces: count?.b ?? 0,
    peers: count?.flows ?? 0,
    from: total?.a ?? null,
    to: total?.b ?? null,
  };
};

interface KeyedPart {
  readonly part: number;
  readonly dictionaries: readonly [Dictionary | null, Dictionary | null];
}

const askHistogram = (
  statement: Statement,
  groups: Groups,
  { stepSeconds, by }: NonNullable<Question['histogram']>,
): KeyedPart => {
  const { column, dictionary } = residentColumn(by);
  const step = Math.floor(stepSeconds);
  const query = `SELECT hour // ${step} * ${step} AS a, ${column} AS b, ${SUMS} FROM ${step % SECONDS_PER_DAY === 0 ? groups.rows : groups.hours} WHERE hour IS NOT NULL GROUP BY 1, 2`;
  return { part: statement.part(query, null, dictionary), dictionaries: [null, dictionary] };
};

const takeHistogram = (parts: Parts, { part, dictionaries }: KeyedPart, values: Values): HistogramRow[] =>
  parts
    .of(part)
    .sort((x, y) => (x.a ?? 0) - (y.a ?? 0) || byKey(x.b, y.b))
    .map((row) => ({ time: row.a ?? 0, series: values(dictionaries[1], row.b), ...measuresOf(row) }));

const askList = (statement: Statement, groups: Groups, { field, limit }: ListQuestion, by: Measure): KeyedPart => {
  const query = `SELECT *, NULL AS b FROM (${groups.valuesOf(field)}) ORDER BY ${by} DESC, a LIMIT ${Math.floor(limit)}`;
  const dictionary = dictionaryOf(field);
  return { part: statement.part(query, dictionary), dictionaries: [dictionary, null] };
};

const takeList = (parts: Parts, { part, dictionaries }: KeyedPart, by: Measure, values: Values): TopRow[] =>
  parts
    .of(part)
    .map((row) => ({ key: row.a, measures: measuresOf(row) }))
    .sort((x, y) => y.measures[by] - x.measures[by] || byKey(x.key, y.key))
    .map(({ key, measures }) => ({ value: values(dictionaries[0], key), ...measures }));

interface Column {
  readonly field: string;
  readonly table: string;
  readonly list: KeyedPart;
}

const askColumn = (
  statement: Statement,
  groups: Groups,
  { field, limit }: ListQuestion,
  by: Measure,
  name: string,
): Column => {
  const query = `SELECT *, NULL AS b FROM (${groups.valuesOf(field)}) WHERE a IS NOT NULL ORDER BY ${by} DESC, a LIMIT ${Math.floor(limit)}`;
  const table = statement.table(name, query);
  const dictionary = dictionaryOf(field);
  return {
    field,
    table,
    list: { part: statement.part(`FROM ${table}`, dictionary), dictionaries: [dictionary, null] },
  };
};

/** At most one side is a list. */
const askLinks = (statement: Statement, groups: Groups, left: Column, right: Column): KeyedPart => {
  const sides = [left, right].map(({ field, table }) => ({ ...residentColumn(field), table }));
  const columns = sides.map(({ column }) => column).join(', ');
  const isIn = sides
    .filter(({ dictionary }) => dictionary !== 'lists')
    .map(({ column, table }) => `${column} IN (SELECT a FROM ${table})`);
  const [a, b] = sides.map(({ dictionary, column }) => (dictionary === 'lists' ? 'member' : column));
  const list = sides.find(({ dictionary }) => dictionary === 'lists');
  const members = list === undefined ? '' : `JOIN ${statement.schema}.members ON list = ${list.column}`;
  const query = `SELECT ${a} AS a, ${b} AS b, ${SUMS}
    FROM (SELECT ${columns}, ${SUMS} FROM ${groups.rows} WHERE ${isIn.join(' AND ')} GROUP BY ${columns}) ${members}
    WHERE ${a} IN (SELECT a FROM ${left.table}) AND ${b} IN (SELECT a FROM ${right.table}) GROUP BY 1, 2`;
  const dictionaries = [dictionaryOf(left.field), dictionaryOf(right.field)] as const;
  return { part: statement.part(query, ...dictionaries), dictionaries };
};

const takeLinks = (parts: Parts, { part, dictionaries }: KeyedPart, values: Values): PathLink[] =>
  parts
    .of(part)
    .map((row) => ({
      from: String(values(dictionaries[0], row.a)),
      to: String(values(dictionaries[1], row.b)),
      ...measuresOf(row),
    }))
    .sort((x, y) => byText(x.from, y.from) || byText(x.to, y.to));

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What has no value goes last. */
const byKey = (a: number | null, b: number | null): number => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a - b);

const measuresOf = (row: PartRow | undefined) => ({
  flows: row?.flows ?? 0,
  packets: row?.packets ?? 0,
  bytes: row?.bytes ?? 0,
});

/** The rows of a statement by part. */
class Parts {
  readonly #rows = new Map<number, PartRow[]>();

  constructor(rows: readonly PartRow[]) {
    for (const row of rows) {
      const known = this.#rows.get(row.part);
      if (known === undefined) this.#rows.set(row.part, [row]);
      else known.push(row);
    }
  }

  of(part: number): PartRow[] {
    return this.#rows.get(part) ?? [];
  }

  first(part: number): PartRow | undefined {
    return this.of(part)[0];
  }

  /** The codes of each dictionary. */
  codes(dictionaries: readonly (readonly [Dictionary | null, Dictionary | null])[]): Map<Dictionary, Set<number>> {
    const codes = new Map<Dictionary, Set<number>>();
    const add = (dictionary: Dictionary | null, code: number | null): void => {
      if (dictionary === null || code === null) return;
      codes.set(dictionary, (codes.get(dictionary) ?? new Set()).add(code));
    };
    for (const [part, [a, b]] of dictionaries.entries()) {
      for (const row of this.of(part)) {
        add(a, row.a);
        add(b, row.b);
      }
    }
    return codes;
  }
}

const valuesOf = async (
  lake: LakeState,
  schema: string,
  codes: ReadonlyMap<Dictionary, ReadonlySet<number>>,
  signal: AbortSignal | undefined,
): Promise<Values> => {
  const known = new Map<string, string>();
  const queries = [...codes].map(
    ([dictionary, wanted]) =>
      `SELECT '${dictionary}' AS dictionary, code, value FROM ${schema}.${dictionary} WHERE code IN (${[...wanted].join(', ')})`,
  );
  const rows =
    queries.length === 0
      ? []
      : await runQuery<{ dictionary: Dictionary; code: number; value: string }>(
          lake,
          queries.join(' UNION ALL '),
          [],
          signal,
        );
  for (const { dictionary, code, value } of rows) known.set(`${dictionary} ${code}`, value);
  return (dictionary, code) =>
    dictionary === null || code === null ? code : (known.get(`${dictionary} ${code}`) ?? null);
};
