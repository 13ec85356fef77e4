import { integerOf, textOf } from '../json.ts';
import { type Command, idOf } from './answer.ts';

/** What is logged, and in which format: the only authority on the layout of records that come without a header. */
export const flowLogs: Command = {
  name: 'describe-flow-logs',
  key: 'FlowLogs',
  read: (items, answer, draft) => {
    for (const item of items) {
      const id = idOf(item, 'FlowLogId', 'describe-flow-logs', answer, draft);
      if (id === null) continue;
      draft.flowLogs.put(answer.source, {
        id,
        resourceId: textOf(item.ResourceId),
        trafficType: textOf(item.TrafficType),
        logFormat: textOf(item.LogFormat),
        maxAggregationInterval: integerOf(item.MaxAggregationInterval),
        status: textOf(item.FlowLogStatus),
      });
    }
  },
};
