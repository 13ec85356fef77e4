/**
 * Holds the TypeScript source against the dependency rule of `.dependency-cruiser.mjs`.
 *
 * dependency-cruiser sees no module at all, and passes, where it cannot use the installed compiler; so the number of
 * modules it saw is part of the check.
 */
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import configuration from '../.dependency-cruiser.mjs';

const LEAST_MODULES = 50;

const { enhancedResolveOptions, ...options } = configuration.options;
const { output } = await cruise(
  ['packages'],
  { ...options, validate: true, ruleSet: { forbidden: configuration.forbidden }, outputType: 'json' },
  enhancedResolveOptions,
  { tsConfig: extractTSConfig('./tsconfig.json') },
);
const { modules, summary } = JSON.parse(output);
const sources = modules.filter(({ source }) => /^packages\/.*\.tsx?$/.test(source)).length;

for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
console.log(
  `${sources} modules, ${summary.totalDependenciesCruised} dependencies, ${summary.violations.length} violations`,
);
if (sources < LEAST_MODULES) console.error(`Only ${sources} modules seen, at least ${LEAST_MODULES} expected.`);
if (summary.violations.length > 0 || sources < LEAST_MODULES) process.exitCode = 1;
