/** SARIF 2.1.0 (OASIS), for code scanning: one rule for each kind, the plan's file as the place, its address beside it. */
import type { Checked } from '@flowfit/core/plan/document';
import { GATE_KINDS, type GateFinding, type GateKind } from '@flowfit/core/plan/gate';
import { VERSION } from '../../version.ts';
import { detailsOf, headlineOf, KIND_TITLES, levelOf, remarksOf } from './words.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const KINDS = Object.keys(GATE_KINDS) as GateKind[];

export const formatSarif = (checked: Checked): string => {
  const { gate, failOn, plan } = checked;
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Flowfit',
            version: VERSION,
            rules: KINDS.map((kind) => ({
              id: kind,
              name: KIND_TITLES[kind].replace(/ (.)/g, (_blank, letter: string) => letter.toUpperCase()),
              shortDescription: { text: KIND_TITLES[kind] },
              fullDescription: { text: GATE_KINDS[kind] },
              defaultConfiguration: { level: levelOf({ kind } as GateFinding, failOn) },
            })),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [headlineOf(checked), ...remarksOf(checked)].map((text) => ({
              level: 'note',
              message: { text },
            })),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: gate.findings.map((finding) => toResult(finding, plan, failOn)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

const toResult = (finding: GateFinding, plan: string, failOn: readonly string[]) => ({
  ruleId: finding.kind,
  ruleIndex: KINDS.indexOf(finding.kind),
  level: levelOf(finding, failOn),
  message: { text: [finding.title, ...detailsOf(finding)].join('\n') },
  locations: [
    {
      physicalLocation: { artifactLocation: { uri: toUri(plan) }, region: { startLine: 1 } },
      ...(finding.addresses.length === 0
        ? {}
        : { logicalLocations: finding.addresses.map((name) => ({ fullyQualifiedName: name, kind: 'resource' })) }),
    },
  ],
  partialFingerprints: { 'flowfit/v1': finding.id },
});

/** A relative reference, as paths of a repository are. */
const toUri = (path: string): string => path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
