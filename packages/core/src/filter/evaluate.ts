/**
 * What a filter means: a predicate over enriched flows. The engines compile the same tree to their own languages and
 * are tested against this.
 */
import { parseAddress } from '../net/address.ts';
import { parsePrefix, prefixContains } from '../net/prefix.ts';
import { lowerAscii } from './text.ts';
import type { Filter, Order, Value } from './tree.ts';

/** Values by field name; absent is the same as null. An `EnrichedFlow` is one. */
export type FlowValues = Readonly<Record<string, unknown>>;

export type Predicate = (flow: FlowValues) => boolean;

/** Prepares a filter for many flows. */
export const toPredicate = (filter: Filter): Predicate => {
  switch (filter.kind) {
    case 'and': {
      const predicates = filter.filters.map(toPredicate);
      return (flow) => predicates.every((holds) => holds(flow));
    }
    case 'or': {
      const predicates = filter.filters.map(toPredicate);
      return (flow) => predicates.some((holds) => holds(flow));
    }
    case 'not': {
      const holds = toPredicate(filter.filter);
      return (flow) => !holds(flow);
    }
    case 'null':
      return (flow) => (flow[filter.field] ?? null) === null;
    case 'compare':
      return onNumber(filter.field, COMPARISONS[filter.operator], filter.number);
    case 'contains': {
      const wanted = lowerAscii(filter.text);
      return onTexts(filter.field, (text) => lowerAscii(text).includes(wanted));
    }
    case 'in': {
      const tests = filter.values.map((value) => toMembership(filter.field, value));
      return (flow) => tests.some((holds) => holds(flow));
    }
  }
};

const COMPARISONS: Readonly<Record<Order, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

const toMembership = (field: string, value: Value): Predicate => {
  switch (value.kind) {
    case 'text':
      return onTexts(field, (text) => text === value.text);
    case 'number':
      return (flow) => flow[field] === value.number;
    case 'range':
      return onNumber(field, (number) => number >= value.from && number <= value.to, 0);
    case 'address':
      return onPrefix(field, value.address);
    case 'prefix':
      return onPrefix(field, value.prefix);
  }
};

const onNumber = (field: string, holds: (value: number, limit: number) => boolean, limit: number): Predicate => {
  return (flow) => {
    const value = flow[field];
    return typeof value === 'number' && holds(value, limit);
  };
};

/** Of a list: at least one element. */
const onTexts = (field: string, holds: (text: string) => boolean): Predicate => {
  return (flow) => {
    const value = flow[field];
    if (typeof value === 'string') return holds(value);
    return Array.isArray(value) && value.some((element) => typeof element === 'string' && holds(element));
  };
};

/** An address is the prefix of itself alone; records may spell it in any way. */
const onPrefix = (field: string, text: string): Predicate => {
  const prefix = parsePrefix(text);
  if (prefix === null) throw new RangeError(`"${text}" is neither an address nor a CIDR.`);
  return (flow) => {
    const value = flow[field];
    const address = typeof value === 'string' ? parseAddress(value) : null;
    return address !== null && prefixContains(prefix, address);
  };
};
