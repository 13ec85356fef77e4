import type { RuleDocument } from '@flowfit/core/analysis/documents';
import { formatService } from '@flowfit/core/security-group/notation';

/** `tcp 443 from 0.0.0.0/0` */
export const ruleText = (rule: RuleDocument): string =>
  `${formatService(rule)} ${rule.direction === 'inbound' ? 'from' : 'to'} ${rule.peer}`;
