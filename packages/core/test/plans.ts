/**
 * Plan documents in few words, for tests and examples: `terraform show -json` with the resources that are given, and a
 * configuration that holds what their arguments refer to.
 */
import type { PlanRead } from '../src/plan/model.ts';
import { formatRule } from '../src/security-group/notation.ts';

export interface ExampleResource {
  /** `aws_security_group.web`, `module.web.aws_security_group.this[0]` */
  readonly address: string;
  /** Default: as the address says. */
  readonly type?: string;
  /** Default: by what `before` and `after` are. */
  readonly actions?: readonly string[];
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly after?: Readonly<Record<string, unknown>> | null;
  readonly unknown?: Readonly<Record<string, unknown>>;
  /** What the arguments of the configuration refer to: `{ security_group_id: ['aws_security_group.web.id'] }`. */
  readonly refers?: Readonly<Record<string, readonly string[]>>;
}

const ADDRESS = /^((?:module\.[\w-]+(?:\[[^\]]+\])?\.)*)([a-z]\w*)\.([\w-]+)(?:\[(.+)\])?$/;

/** A plan of Terraform with these resources; `modules` are the calls of modules, by name, in the root. */
export const planOf = (
  resources: readonly ExampleResource[],
  modules: Readonly<
    Record<string, { readonly arguments?: ExampleResource['refers']; readonly outputs?: ExampleResource['refers'] }>
  > = {},
): Record<string, unknown> => ({
  format_version: '1.2',
  terraform_version: '1.9.0',
  resource_changes: resources.map(toChange),
  configuration: {
    root_module: {
      resources: configurationOf(resources, ''),
      module_calls: Object.fromEntries(
        Object.entries(modules).map(([name, { arguments: given = {}, outputs = {} }]) => [
          name,
          {
            source: `./${name}`,
            expressions: expressionsOf(given),
            module: {
              outputs: Object.fromEntries(
                Object.entries(outputs).map(([output, references]) => [output, { expression: { references } }]),
              ),
              resources: configurationOf(resources, name),
            },
          },
        ]),
      ),
    },
  },
});

const partsOf = (address: string) => {
  const [, modules = '', type = '', name = '', index] = ADDRESS.exec(address) ?? [];
  return { module: modules.replace(/\.$/, ''), type, name, index };
};

const toChange = ({ address, type: given, actions, before = null, after = null, unknown = {} }: ExampleResource) => {
  const { module, type, name, index } = partsOf(address);
  return {
    address,
    ...(module === '' ? {} : { module_address: module }),
    mode: 'managed',
    type: given ?? type,
    name,
    ...(index === undefined ? {} : { index: JSON.parse(index) }),
    change: {
      actions: actions ?? (before === null ? ['create'] : after === null ? ['delete'] : ['update']),
      before,
      after,
      after_unknown: unknown,
    },
  };
};

const configurationOf = (resources: readonly ExampleResource[], moduleName: string) => {
  const own = resources.filter(({ address }) => {
    const { module } = partsOf(address);
    return module.replace(/\[[^\]]+\]/g, '') === (moduleName === '' ? '' : `module.${moduleName}`);
  });
  const byName = new Map(
    own.map((resource) => [`${partsOf(resource.address).type}.${partsOf(resource.address).name}`, resource]),
  );
  return [...byName].map(([address, { refers = {} }]) => {
    const [type, name] = address.split('.');
    return { address, mode: 'managed', type, name, expressions: expressionsOf(refers) };
  });
};

/** `block.argument` stands for an argument of a nested block. */
const expressionsOf = (refers: NonNullable<ExampleResource['refers']>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(refers).map(([path, references]) => {
      const [block = '', argument] = path.split('.');
      return argument === undefined ? [block, { references }] : [block, [{ [argument]: { references } }]];
    }),
  );

/** What a plan changes of groups: `created sg-new`, `+sg-web inbound …` and `-sg-web inbound …`, by group. */
export const changed = ({ change }: PlanRead): string[] =>
  change.groups.flatMap(({ groupId, before, after, fate }) => {
    const [had, has] = [before.map(formatRule), after.map(formatRule)];
    return [
      ...(fate === 'changed' ? [] : [`${fate} ${groupId}`]),
      ...has
        .filter((text) => !had.includes(text))
        .map((text) => `+${groupId} ${text}`)
        .sort(),
      ...had
        .filter((text) => !has.includes(text))
        .map((text) => `-${groupId} ${text}`)
        .sort(),
    ];
  });
