/**
 * The dependency rule: data flows core → engines → server → web, and only the composition roots wire everything.
 * Checked by `scripts/module-graph.mjs`, which also makes sure that modules were seen at all.
 */
const TEST = '\\.test\\.tsx?$|^packages/[^/]+/(test|src/testing)/';
const ENGINES = ['lake', 'opensearch', 'aws', 'geo', 'testkit'];

/** `name` may import the packages `allowed` and itself; tests may also use the simulated account. */
const mayImport = (name, allowed, comment) => ({
  name: `${name}-imports`,
  comment,
  severity: 'error',
  from: { path: `^packages/${name}/(src|bin)/`, pathNot: TEST },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
});

export default {
  forbidden: [
    {
      name: 'core-imports-nothing',
      comment: 'core is pure: no node: module, no package, nothing outside packages/core/src.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: TEST },
      to: { pathNot: '^packages/core/src/' },
    },
    ...ENGINES.map((engine) => mayImport(engine, ['core'], 'Engines and edges know the domain, not each other.')),
    mayImport(
      'server',
      ['core', ...ENGINES.filter((engine) => engine !== 'testkit')],
      'The server serves the engines.',
    ),
    mayImport('web', ['core', 'server'], 'The web app knows the domain and the contract of the server.'),
    {
      name: 'web-imports-only-the-contract',
      comment: 'Of the server the web app imports the contract alone.',
      severity: 'error',
      from: { path: '^packages/web/src/', pathNot: TEST },
      to: { path: '^packages/server/', pathNot: '^packages/server/src/contract(/|\\.ts$)' },
    },
    mayImport('lambdas', ['core', 'geo', 'aws'], 'Lambdas wire core, geo and aws.'),
    mayImport('infra', [], 'Infrastructure names handlers by path.'),
    {
      name: 'nobody-imports-composition-roots',
      comment: 'cli, lambdas and infra are ends.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/(cli|lambdas|infra)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'aws-sdk-at-the-edge',
      comment: 'The AWS SDK lives in aws and lambdas only.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/(aws|lambdas)/|${TEST}` },
      to: { path: '@aws-sdk/|@smithy/|@aws-lambda-powertools/' },
    },
    {
      name: 'duckdb-in-the-lake',
      comment: 'DuckDB is a detail of the lake.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/lake/|${TEST}` },
      to: { path: '@duckdb/' },
    },
    {
      name: 'no-tests-in-products',
      comment: 'What ships does not import tests.',
      severity: 'error',
      from: { pathNot: `${TEST}|^(test|bench|scripts)/` },
      to: { path: TEST },
    },
    {
      name: 'no-circular',
      comment: 'Modules form layers. Type-only cycles vanish at compile time and are allowed.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|\\.css' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mts', '.d.ts', '.mjs', '.js', '.json'],
    },
  },
};
