/** `flowfit explain`: what has this rule admitted, and which rules admit this packet? */
import { type RuleDocument, toRuleDocument } from '@flowfit/core/analysis/documents';
import { explainRule } from '@flowfit/core/analysis/explain-rule';
import { canonicalAddress } from '@flowfit/core/net/address';
import { hasPorts, protocolNumber } from '@flowfit/core/net/protocol';
import { explainPacket } from '@flowfit/core/security-group/explain';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withAnalysis } from '../analysis/analyse.ts';
import { findById, findRule } from '../analysis/lookup.ts';
import { usageError } from '../errors.ts';
import { examples } from '../help.ts';
import { wholeNumber } from '../options/number.ts';
import { type WindowOptions, withWindow } from '../options/where.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';

interface ExplainDocument {
  readonly subject: string;
  readonly sentences: readonly string[];
  /** The rule asked for, or those that admit the packet. */
  readonly rules: readonly RuleDocument[];
}

interface ExplainOptions extends GlobalOptions, WindowOptions {
  readonly interface?: string;
  readonly peer?: string;
  readonly protocol: number;
  readonly port?: number;
  readonly direction: 'inbound' | 'outbound';
}

export const explainCommand: Registration = (program, shell) => {
  const command = program
    .command('explain')
    .summary('what a rule admitted, or which rules admit a packet')
    .description(
      'With the id of a rule: what it admitted, who used it, and how good the evidence is. With --interface and --peer: ' +
        'which rules of the interface admit a connection, through which block, list entry or group.',
    )
    .argument('[rule]', 'id of a rule')
    .option('--interface <id>', 'interface at our end')
    .option('--peer <address>', 'address at the other end', readAddress)
    .option('--protocol <name>', 'name or IANA number', readProtocol, 6)
    .option('--port <n>', 'service port: that of the end which did not open the connection', wholeNumber(0, 65_535))
    .addOption(
      new Option('--direction <direction>', 'inbound: the peer opens the connection')
        .choices(['inbound', 'outbound'])
        .default('inbound'),
    );
  withWindow(command, shell)
    .addHelpText(
      'after',
      examples(
        ['flowfit explain sgr-0123456789abcdef0', 'what the rule admitted'],
        ['flowfit explain --interface eni-0123456789abcdef0 --peer 203.0.113.7 --port 443', 'who lets this in'],
        [
          'flowfit explain --interface eni-0123456789abcdef0 --direction outbound --peer 10.0.2.9 --port 5432',
          'who lets this out',
        ],
      ),
    )
    .action((rule: string | undefined, _options: unknown, action: Command) =>
      runExplain(shell, rule, action.optsWithGlobals<ExplainOptions>()),
    );
};

const runExplain = async (shell: Shell, ruleId: string | undefined, options: ExplainOptions): Promise<void> => {
  const { interface: interfaceId, peer } = options;
  if ((ruleId === undefined) === (interfaceId === undefined)) {
    throw usageError('explain-what', 'Name either a rule, or --interface and --peer.', 'See "flowfit explain --help".');
  }
  if (ruleId !== undefined) return await explainOneRule(shell, ruleId, options);
  if (peer === undefined)
    throw usageError('explain-what', '--interface needs --peer.', 'See "flowfit explain --help".');
  await explainOnePacket(shell, interfaceId as string, peer, options);
};

const explainOneRule = async (shell: Shell, ruleId: string, options: ExplainOptions): Promise<void> =>
  await withAnalysis(shell, options, async ({ verdicts }) => {
    const verdict = findRule(verdicts.rules, ruleId);
    await answer(shell, options, {
      subject: ruleId,
      sentences: explainRule(verdict),
      rules: [toRuleDocument(verdict)],
    });
  });

/** As of the newest inventory: the question is what the rules let through now. */
const explainOnePacket = async (shell: Shell, id: string, peer: string, options: ExplainOptions): Promise<void> =>
  await withAnalysis(shell, options, async ({ snapshot, verdicts }) => {
    const { vpcId, groupIds } = findById(snapshot.interfaces, id, 'interface');
    const { protocol, direction, port = null } = options;
    const servicePort = hasPorts(protocol) ? port : null;
    const explained = explainPacket(snapshot, { vpcId, groupIds, direction, protocol, servicePort, peerAddress: peer });
    const rules = explained.admitting.map(({ rule }) => toRuleDocument(findRule(verdicts.rules, rule.id)));
    await answer(shell, options, { subject: id, sentences: explained.words, rules });
  });

const answer = async (shell: Shell, { json }: GlobalOptions, document: ExplainDocument): Promise<void> => {
  if (json) await shell.printJson({ schema: 'flowfit.explain/1', ...document });
  else await shell.print(document.sentences.join('\n'));
};

const readAddress = (text: string): string => {
  const address = canonicalAddress(text);
  if (address === null) throw new InvalidArgumentError('Not an IPv4 or IPv6 address.');
  return address;
};

const readProtocol = (text: string): number => {
  const number = protocolNumber(text);
  if (number === null) throw new InvalidArgumentError('Neither the name nor the number of a protocol.');
  return number;
};
