/** Workflow commands of GitHub Actions: annotations of the run, and of the plan's file where it is part of the change. */
import type { Checked } from '@flowfit/core/plan/document';
import { detailsOf, headlineOf, KIND_TITLES, levelOf, remarksOf } from './words.ts';

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const;

export const formatGithub = (checked: Checked): string => {
  const { gate, failOn, plan } = checked;
  const lines = gate.findings.map((finding) => {
    const command = COMMANDS[levelOf(finding, failOn)];
    const where = finding.addresses.length === 0 ? '' : ` (${finding.addresses.join(', ')})`;
    const properties = { title: `${KIND_TITLES[finding.kind]}${where}`, file: plan };
    return toCommand(command, properties, [finding.title, ...detailsOf(finding)].join('\n'));
  });
  const remarks = remarksOf(checked);
  const summary = toCommand('notice', { title: 'flowfit check' }, [headlineOf(checked), ...remarks].join('\n'));
  return [...lines, summary, ''].join('\n');
};

/** `::error title=…,file=…::…` */
const toCommand = (command: string, properties: Readonly<Record<string, string>>, message: string): string => {
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${command} ${list.join(',')}::${escapeData(message)}`;
};

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
