/** JUnit's XML, which test reports of CI systems read: a suite for each kind, a case for each finding. */
import type { Checked } from '@flowfit/core/plan/document';
import { GATE_KINDS, type GateFinding, type GateKind } from '@flowfit/core/plan/gate';
import { detailsOf, headlineOf, KIND_TITLES, levelOf, remarksOf } from './words.ts';

export const formatJunit = (checked: Checked): string => {
  const { gate, failOn, plan } = checked;
  const kinds = Object.keys(GATE_KINDS) as GateKind[];
  const suites = kinds.map((kind) => {
    const some = gate.findings.filter((finding) => finding.kind === kind);
    // A kind without findings is a test that passed: a report without tests reads like one that did not run.
    const cases =
      some.length === 0
        ? [`    <testcase${attributes({ classname: plan, name: KIND_TITLES[kind] })}/>`]
        : some.map((finding) => caseOf(finding, plan, failOn));
    const failures = failOn.includes(kind) ? some.length : 0;
    const head = attributes({
      name: KIND_TITLES[kind],
      tests: Math.max(1, some.length),
      failures,
      errors: 0,
      skipped: 0,
    });
    return [`  <testsuite${head}>`, ...cases, '  </testsuite>'].join('\n');
  });
  const tests = kinds.reduce((sum, kind) => sum + Math.max(1, gate.counts[kind]), 0);
  const failures = gate.findings.filter(({ kind }) => failOn.includes(kind)).length;
  const remarks = [headlineOf(checked), ...remarksOf(checked)].join('\n');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: `flowfit check ${plan}`, tests, failures, errors: 0 })}>`,
    ...suites,
    `  <system-out>${escaped(remarks)}</system-out>`,
    '</testsuites>',
    '',
  ].join('\n');
};

const caseOf = (finding: GateFinding, plan: string, failOn: readonly string[]): string => {
  const details = escaped([...finding.addresses.map((address) => `in ${address}`), ...detailsOf(finding)].join('\n'));
  const head = attributes({ classname: finding.addresses[0] ?? plan, name: finding.title });
  const body =
    levelOf(finding, failOn) === 'error'
      ? `<failure${attributes({ type: finding.kind, message: finding.title })}>${details}</failure>`
      : `<system-out>${details}</system-out>`;
  return `    <testcase${head}>${body}</testcase>`;
};

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(`${value}`).replaceAll('\n', '&#10;')}"`)
    .join('');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters that XML 1.0 cannot hold, not even as entities, become U+FFFD; so do halves of characters. */
const escaped = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
