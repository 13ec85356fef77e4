/** What a rule says, in one line, and what it is called. */
import type { GroupRule } from '@flowfit/server/contract/rules';
import { formatPorts, nameOfPort } from '../format/field.ts';

export type AllowedRule = Pick<
  GroupRule,
  'ruleId' | 'direction' | 'protocol' | 'fromPort' | 'toPort' | 'peer' | 'peerName' | 'description'
>;

export const Allows = ({ rule }: { readonly rule: AllowedRule }) => {
  const ports = formatPorts(rule.protocol, rule.fromPort, rule.toPort);
  const service =
    rule.fromPort !== null && rule.fromPort === rule.toPort && rule.fromPort > 0 ? nameOfPort(rule.fromPort) : null;
  return (
    <div className="min-w-0">
      <div className="num flex flex-wrap items-baseline gap-x-2 text-sm">
        {rule.protocol !== '-1' && <span className="text-soft uppercase">{rule.protocol}</span>}
        <span className="font-medium">{ports}</span>
        {service !== null && <span className="text-xs text-faint">{service}</span>}
        <span className="text-faint">{rule.direction === 'inbound' ? 'from' : 'to'}</span>
        <span className="min-w-0 font-mono break-all">{rule.peer}</span>
        {rule.peerName !== null && <span className="text-xs text-faint">{rule.peerName}</span>}
      </div>
      <p className="truncate text-xs text-faint" title={rule.description}>
        {rule.description === '' ? <span className="font-mono">{rule.ruleId}</span> : rule.description}
      </p>
    </div>
  );
};
