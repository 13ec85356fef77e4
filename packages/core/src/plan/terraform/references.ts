/**
 * Where a value comes from that is known after the apply only. The plan's `configuration` lists, for each argument, what
 * its expression refers to: resources, variables (the arguments of the module's call), outputs of modules. They are
 * followed to the resources; what else an expression does with them (conditions, functions, locals) is not told, so
 * that an answer counts only where a single resource can be meant, or a list has as many as it has unknown values.
 */
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../../inventory/json.ts';
import { findOrMake, push } from '../../multimap.ts';
import type { PlannedResource } from './resources.ts';

/** Variables and outputs lead through modules; a plan that goes in a circle is none of Terraform's. */
const MOST_STEPS = 20;

interface Scope {
  /** Instance of the module, `module.web["a"]`; '' for the root. */
  readonly module: string;
  readonly configuration: JsonObject;
}

export interface Found {
  readonly resources: readonly PlannedResource[];
  /** Part of the expression leads to what the plan does not show, such as a local value or a data source. */
  readonly opaque: boolean;
}

const MODULE_STEP = /^module\.([\w-]+)(\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?/;
const RESOURCE = /^([a-z][\w-]*)\.([\w-]+)(\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\])?/;
/** Values of the resource itself, which name no other. */
const OWN = /^(?:count|each|self|path|terraform)\b/;

export class References {
  /** Those that exist after the apply, by module, type and name. */
  readonly #resources = new Map<string, PlannedResource[]>();
  /** Instances of modules that have a resource. */
  readonly #modules: ReadonlySet<string>;
  readonly #root: JsonObject | null;
  /** Arguments by type and name, of each module's configuration. */
  readonly #expressions = new Map<JsonObject, ReadonlyMap<string, JsonObject>>();

  constructor(document: JsonObject, resources: readonly PlannedResource[]) {
    for (const one of resources) {
      if (one.after !== null) push(this.#resources, `${one.module} ${one.type}.${one.name}`, one);
    }
    this.#modules = new Set(resources.map(({ module }) => module));
    const root = objectOf(document.configuration).root_module;
    this.#root = isObject(root) ? root : null;
  }

  /** Whether the configuration gives the argument a value; null where the plan comes without its configuration. */
  isSet({ module, type, name }: PlannedResource, argument: string): boolean | null {
    const expressions = this.#expressionsOf(module, type, name);
    return expressions === null ? null : Object.hasOwn(expressions, argument);
  }

  /** Resources of the wanted types to which an argument refers; `path` may lead into a nested block. */
  find(resource: PlannedResource, path: readonly string[], wanted: ReadonlySet<string>): Found {
    const { module, type, name } = resource;
    const scope = this.#scopeOf(module);
    const expressions = this.#expressionsOf(module, type, name);
    if (scope === null || expressions === null) return { resources: [], opaque: true };
    const found = this.#follow(referencesOf(expressions, path), scope, resource, 0);
    return { ...found, resources: found.resources.filter((one) => wanted.has(one.type)) };
  }

  #follow(references: readonly string[], scope: Scope, origin: PlannedResource, steps: number): Found {
    const parts = references.map((reference) => this.#followOne(reference, scope, origin, steps));
    return {
      resources: [...new Set(parts.flatMap(({ resources }) => resources))],
      opaque: parts.some(({ opaque }) => opaque),
    };
  }

  #followOne(reference: string, scope: Scope, origin: PlannedResource, steps: number): Found {
    if (steps > MOST_STEPS || reference.startsWith('local.') || reference.startsWith('data.')) return OPAQUE;
    if (OWN.test(reference)) return NOTHING;
    const variable = /^var\.([\w-]+)/.exec(reference)?.[1];
    if (variable !== undefined) return this.#followVariable(variable, scope, origin, steps);
    if (reference.startsWith('module.')) return this.#followOutput(reference, scope, origin, steps);
    const match = RESOURCE.exec(reference);
    if (match === null) return OPAQUE;
    const [, type, name, , key, number] = match;
    const index = key ?? (number === undefined ? null : Number(number));
    const all = this.#resources.get(`${scope.module} ${type}.${name}`) ?? [];
    return { resources: pick(all, index, origin), opaque: false };
  }

  /** A variable of a module is an argument of its call, one level up. A variable of the root has a value in the plan. */
  #followVariable(variable: string, { module }: Scope, origin: PlannedResource, steps: number): Found {
    const path = modulePath(module);
    const last = path.at(-1);
    if (last === undefined) return NOTHING;
    const outer = this.#scopeOf(path.slice(0, -1).join('.'));
    const name = MODULE_STEP.exec(last)?.[1] ?? '';
    if (outer === null) return OPAQUE;
    const call = objectOf(objectOf(outer.configuration.module_calls)[name]);
    return this.#follow(referencesOf(objectOf(call.expressions), [variable]), outer, origin, steps + 1);
  }

  /** `module.web[0].security_group_id`; references to the module as a whole repeat what the others say. */
  #followOutput(reference: string, scope: Scope, origin: PlannedResource, steps: number): Found {
    const match = MODULE_STEP.exec(reference);
    const output = /^\.([\w-]+)/.exec(reference.slice(match?.[0].length ?? 0))?.[1];
    if (match === null || output === undefined) return NOTHING;
    const [, name = '', index] = match;
    const prefix = [scope.module, `module.${name}`].filter((part) => part !== '').join('.');
    const instances = new Set(
      [...this.#modules]
        .map((module) => modulePath(module).slice(0, modulePath(prefix).length).join('.'))
        .filter((module) =>
          index === undefined ? withoutIndex(module) === withoutIndex(prefix) : module === prefix + index,
        ),
    );
    return merge(
      [...instances].map((module) => {
        const inner = this.#scopeOf(module);
        if (inner === null) return OPAQUE;
        const expression = objectOf(objectOf(objectOf(inner.configuration.outputs)[output]).expression);
        return this.#follow(allReferences(expression), inner, origin, steps + 1);
      }),
    );
  }

  #scopeOf(module: string): Scope | null {
    let configuration = this.#root;
    for (const step of modulePath(module)) {
      const name = MODULE_STEP.exec(step)?.[1] ?? '';
      const inner = objectOf(objectOf(configuration?.module_calls)[name]).module;
      configuration = isObject(inner) ? inner : null;
    }
    return configuration === null ? null : { module, configuration };
  }

  #expressionsOf(module: string, type: string, name: string): JsonObject | null {
    const configuration = this.#scopeOf(module)?.configuration;
    if (configuration === undefined) return null;
    const byName = findOrMake(this.#expressions, configuration, () => argumentsOf(configuration));
    return byName.get(`${type}.${name}`) ?? null;
  }
}

const argumentsOf = ({ resources }: JsonObject): ReadonlyMap<string, JsonObject> =>
  new Map(
    objectsOf(resources)
      .filter(({ mode }) => mode !== 'data')
      .map(({ type, name, expressions }) => [`${type}.${name}`, objectOf(expressions)]),
  );

const NOTHING: Found = { resources: [], opaque: false };
const OPAQUE: Found = { resources: [], opaque: true };

const merge = (parts: readonly Found[]): Found => ({
  resources: [...new Set(parts.flatMap(({ resources }) => resources))],
  opaque: parts.some(({ opaque }) => opaque),
});

/** The instance that an index names; without one, that of the origin's own index where there are several. */
const pick = (
  all: readonly PlannedResource[],
  index: string | number | null,
  origin: PlannedResource,
): readonly PlannedResource[] => {
  if (index !== null) return all.filter((one) => one.index === index);
  const sameIndex = origin.index === null ? [] : all.filter((one) => one.index === origin.index);
  return all.length > 1 && sameIndex.length === 1 ? sameIndex : all;
};

/** `module.a["x.y"].module.b` -> `module.a["x.y"]`, `module.b` */
const modulePath = (module: string): string[] => {
  const steps: string[] = [];
  let rest = module;
  for (let match = MODULE_STEP.exec(rest); match !== null; match = MODULE_STEP.exec(rest)) {
    steps.push(match[0]);
    rest = rest.slice(match[0].length + 1);
  }
  return steps;
};

const withoutIndex = (module: string): string =>
  modulePath(module)
    .map((step) => `module.${MODULE_STEP.exec(step)?.[1]}`)
    .join('.');

/** References of one argument. A block may stand several times, or be written as one expression for all of them. */
const referencesOf = (expressions: JsonObject, path: readonly string[]): string[] => {
  let parts: unknown[] = [expressions];
  for (const key of path) {
    const blocks = parts.flat().filter(isObject);
    const isExpression = blocks.some(({ references }) => Array.isArray(references));
    if (isExpression) break;
    parts = blocks.flatMap((block) => block[key] ?? []);
  }
  return parts.flatMap(allReferences);
};

const allReferences = (expression: unknown): string[] => {
  if (Array.isArray(expression)) return expression.flatMap(allReferences);
  if (!isObject(expression)) return [];
  return Object.entries(expression).flatMap(([key, value]) =>
    key === 'references' && Array.isArray(value) ? value.flatMap((one) => textOf(one) ?? []) : allReferences(value),
  );
};
