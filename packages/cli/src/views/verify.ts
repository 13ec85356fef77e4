/** What `verify` tells a person: what the certificate says, and line by line whether it holds. */
import type { Check } from '@flowfit/core/certificate/compare';
import type { ReplayPredicate } from '@flowfit/core/certificate/statement';
import { formatFacts } from '../output/facts.ts';
import { formatCount, formatQuantity, formatTime } from '../output/humanise.ts';
import { formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';

export const formatVerification = (
  { window, connections, change }: ReplayPredicate,
  checks: readonly Check[],
  shell: Shell,
): string => {
  const { colours } = shell;
  const changed = [...change.groups.map(({ groupId }) => groupId), ...change.interfaces.map((one) => one.interfaceId)];
  const facts = formatFacts(
    [
      { label: 'certificate of', value: `${formatTime(window.from)} to ${formatTime(window.to)} UTC` },
      {
        label: 'changes',
        value: [...changed, ...change.prefixLists.map((one) => one.prefixListId)].join(', ') || 'nothing',
      },
      { label: 'kept', value: formatCount(connections.kept), remark: 'connections' },
      { label: 'cut', value: formatCount(connections.cut) },
      { label: 'newly admitted', value: formatCount(connections.newlyAdmitted) },
      { label: 'unknown', value: formatCount(connections.unknown) },
    ],
    colours,
  );
  // Details are never cut: the place of a fault is at their end.
  const table = formatTable(
    checks,
    [
      {
        heading: 'result',
        cell: ({ holds }) => (holds === null ? 'not checked' : holds ? 'holds' : 'does not hold'),
        style: (text, { holds }) => (holds === null ? colours.yellow : holds ? colours.green : colours.red)(text),
      },
      { heading: 'part', cell: ({ what }) => what },
      { heading: 'found', cell: ({ detail }) => detail },
    ],
    { colours, width: Number.POSITIVE_INFINITY },
  );
  return `${facts}\n${table}\n${conclusion(checks)}`;
};

const conclusion = (checks: readonly Check[]): string => {
  const failed = checks.filter(({ holds }) => holds === false).length;
  const open = checks.filter(({ holds }) => holds === null).length;
  const rest = open === 0 ? '' : ` ${formatQuantity(open, 'part')} could not be checked.`;
  if (failed > 0) return `The certificate does not hold: ${formatQuantity(failed, 'part')} of ${checks.length}.${rest}`;
  return `The certificate holds, as far as it was checked.${rest}`.replace(
    open === 0 ? ', as far as it was checked' : '',
    '',
  );
};
