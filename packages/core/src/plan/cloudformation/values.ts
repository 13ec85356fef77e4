/**
 * Values of templates. Intrinsic functions are resolved where that needs nothing but the template: parameters with a
 * default, resources, mappings, joined and substituted text. All else (conditions, imports, other attributes) is unknown.
 */
import { isObject, type JsonObject, objectOf, textOf } from '../../inventory/json.ts';

/** What stands for a value that only the deployment tells. */
export const UNKNOWN = Symbol('unknown');

/** As change sets with property values write it. */
const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

export type Resolved =
  | string
  | number
  | boolean
  | null
  | undefined
  | typeof UNKNOWN
  | ResolvedObject
  | readonly Resolved[];
export interface ResolvedObject {
  readonly [key: string]: Resolved;
}

/** The physical id of a resource of the template; null where its `Ref` is no id that we know. */
export type IdOf = (logicalId: string) => string | null;

export class Values {
  readonly #template: JsonObject;
  readonly #idOf: IdOf;

  constructor(template: JsonObject, idOf: IdOf) {
    this.#template = template;
    this.#idOf = idOf;
  }

  /** Lists and objects with everything in them resolved; undefined for `AWS::NoValue`. */
  resolve(value: unknown): Resolved {
    if (value === KNOWN_AFTER_APPLY) return UNKNOWN;
    if (Array.isArray(value)) return value.map((one) => this.resolve(one)).filter((one) => one !== undefined);
    if (!isObject(value)) return value as Resolved;
    const [first, ...more] = Object.entries(value);
    if (first !== undefined && more.length === 0 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return this.#call(first[0], first[1]);
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.resolve(part)]));
  }

  #call(name: string, argument: unknown): Resolved {
    switch (name) {
      case 'Ref':
        return this.#ref(`${argument}`);
      case 'Fn::GetAtt':
        return this.#attribute(Array.isArray(argument) ? argument.join('.') : `${argument}`);
      case 'Fn::Sub':
        return this.#substitute(argument);
      case 'Fn::Join':
        return this.#join(argument);
      case 'Fn::FindInMap':
        return this.#find(argument);
      default:
        return UNKNOWN;
    }
  }

  #ref(name: string): Resolved {
    if (name === 'AWS::NoValue') return undefined;
    const parameter = objectOf(this.#template.Parameters)[name];
    if (isObject(parameter)) return defaultOf(parameter);
    return this.#idOf(name) ?? UNKNOWN;
  }

  #attribute(text: string): Resolved {
    const dot = text.indexOf('.');
    const [name, attribute] = [text.slice(0, dot), text.slice(dot + 1)];
    return attribute === 'GroupId' || attribute === 'Id' || attribute === 'PrefixListId'
      ? (this.#idOf(name) ?? UNKNOWN)
      : UNKNOWN;
  }

  #substitute(argument: unknown): Resolved {
    const [text, own] = Array.isArray(argument) ? [argument[0], objectOf(argument[1])] : [argument, {}];
    let isKnown = true;
    const result = `${text}`.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
      if (literal !== '') return whole.replace('!', '');
      const key = name.trim();
      const mine = own[key];
      const value = mine !== undefined ? this.resolve(mine) : key.includes('.') ? this.#attribute(key) : this.#ref(key);
      if (typeof value !== 'string' && typeof value !== 'number') isKnown = false;
      return String(value === UNKNOWN ? '' : value);
    });
    return isKnown ? result : UNKNOWN;
  }

  #join(argument: unknown): Resolved {
    const [separator, list] = Array.isArray(argument) ? argument : [];
    const parts = this.resolve(list);
    if (!Array.isArray(parts) || parts.some((part) => typeof part !== 'string' && typeof part !== 'number'))
      return UNKNOWN;
    return parts.join(textOf(separator) ?? '');
  }

  #find(argument: unknown): Resolved {
    const keys = this.resolve(argument);
    if (!Array.isArray(keys) || keys.some((key) => typeof key !== 'string')) return UNKNOWN;
    const found = (keys as string[])
      .slice(0, 3)
      .reduce<unknown>((part, key) => objectOf(part)[key], this.#template.Mappings);
    return found === undefined ? UNKNOWN : this.resolve(found);
  }
}

const defaultOf = ({ Default, Type }: JsonObject): Resolved => {
  if (Default === undefined) return UNKNOWN;
  // Defaults of `AWS::SSM::Parameter::Value<…>` are names of parameters, not their values.
  if (`${Type}`.startsWith('AWS::SSM::')) return UNKNOWN;
  return /^(?:Comma|List)/.test(`${Type}`) ? `${Default}`.split(',').map((part) => part.trim()) : (Default as Resolved);
};

export const objectIn = (value: Resolved): ResolvedObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ResolvedObject) : {};

export const textIn = (value: Resolved): string | null => (typeof value === 'string' && value !== '' ? value : null);
