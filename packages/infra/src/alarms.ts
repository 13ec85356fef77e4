/** Alarms for what loses or delays records, and a dashboard that shows the way of the records. */
import { CfnOutput, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { LambdaFunction } from './function.ts';
import type { SearchTarget } from './search.ts';

export interface Watched {
  readonly stream: CfnDeliveryStream;
  readonly search: SearchTarget;
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  readonly deadLetters: IQueue;
  readonly alarmEmail: string | null;
}

interface Watch {
  readonly name: string;
  /** What it means and what to do first. */
  readonly description: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly comparison?: ComparisonOperator;
  readonly periods?: number;
}

const PERIOD = Duration.minutes(5);
/** Records older than this are not there yet: twice the buffers and the usual delay of flow logs. */
const STALE_SECONDS = 900;

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { enforceSSL: true, displayName: 'Flowfit' });
    if (watched.alarmEmail) topic.addSubscription(new EmailSubscription(watched.alarmEmail));
    for (const watch of watches(watched)) {
      const alarm = new Alarm(this, watch.name, {
        alarmDescription: watch.description,
        metric: watch.metric,
        threshold: watch.threshold,
        comparisonOperator: watch.comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: watch.periods ?? 1,
        // No traffic is no fault.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(new SnsAction(topic));
    }
    createDashboard(this, watched);
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
  }
}

function streamMetric({ stream, search }: Pick<Watched, 'stream' | 'search'>, name: string, statistic: string): Metric {
  const service = search.kind === 'serverless' ? 'AmazonOpenSearchServerless' : 'AmazonOpenSearchService';
  return new Metric({
    namespace: 'AWS/Firehose',
    metricName: name.replace('Destination', `DeliveryTo${service}`),
    dimensionsMap: { DeliveryStreamName: stream.ref },
    statistic,
    period: PERIOD,
  });
}

const ownMetric = (service: string, metricName: string): Metric =>
  new Metric({
    namespace: 'Flowfit',
    metricName,
    dimensionsMap: { service },
    statistic: Stats.SUM,
    period: PERIOD,
  });

function watches(watched: Watched): Watch[] {
  return [
    {
      name: 'DeliveryFailing',
      description: 'OpenSearch does not take all documents. Look at its health, then at the failure bucket.',
      metric: streamMetric(watched, 'Destination.Success', Stats.AVERAGE),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 3,
    },
    {
      name: 'DataStale',
      description: `The oldest undelivered record is more than ${STALE_SECONDS} s old.`,
      metric: streamMetric(watched, 'Destination.DataFreshness', Stats.MAXIMUM),
      threshold: STALE_SECONDS,
      periods: 3,
    },
    {
      name: 'StreamThrottled',
      description: 'The stream refuses records for lack of throughput. Ask for a higher quota.',
      metric: streamMetric(watched, 'ThrottledRecords', Stats.SUM),
      threshold: 0,
      periods: 3,
    },
    {
      name: 'RecordsFailing',
      description: 'The decorator cannot read records; its log names the reasons. Usually the format is another one.',
      metric: ownMetric('decorator', 'RecordsFailed'),
      threshold: 0,
      periods: 3,
    },
    {
      name: 'InventoryMissing',
      description: 'The decorator cannot read the inventory: records have no or old security groups.',
      metric: ownMetric('decorator', 'InventoryUnreadable'),
      threshold: 0,
      periods: 3,
    },
    {
      name: 'EventsLost',
      description: 'Events were given up after all attempts. They wait in the dead-letter queue.',
      metric: watched.deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      threshold: 0,
    },
    ...Object.entries(watched.functions).flatMap(([name, each]) => functionWatches(name, each)),
    ...domainWatches(watched.search),
  ];
}

const functionWatches = (name: string, each: LambdaFunction): Watch[] => [
  {
    name: `${name}Errors`,
    description: `The function ${name} fails. Its log says why.`,
    metric: each.metricErrors({ period: PERIOD }),
    threshold: 0,
    periods: 3,
  },
  {
    name: `${name}Throttles`,
    description: `The function ${name} lacks concurrency.`,
    metric: each.metricThrottles({ period: PERIOD }),
    threshold: 0,
    periods: 3,
  },
];

function domainWatches(search: SearchTarget): Watch[] {
  // Only a domain of our own: an existing one is watched by those who own it.
  if (search.kind === 'serverless' || !search.domain.node.defaultChild) return [];
  return [
    {
      name: 'ClusterRed',
      description: 'A primary shard is missing: some records can be neither read nor written.',
      metric: search.domain.metricClusterStatusRed({ period: PERIOD }),
      threshold: 0,
    },
    {
      name: 'StorageLow',
      description: 'Less than 4 GiB are free on a node. Shorten the retention or enlarge the volumes.',
      metric: search.domain.metricFreeStorageSpace({ period: PERIOD, statistic: Stats.MINIMUM }),
      threshold: 4_096,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    },
  ];
}

function createDashboard(scope: Construct, watched: Watched): void {
  const sum = (...names: string[]) => names.map((name) => ownMetric('decorator', name));
  const functions = Object.values(watched.functions);
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12, height: 6 });
  new Dashboard(scope, 'Dashboard', {
    widgets: [
      [
        graph('Records in', [streamMetric(watched, 'IncomingRecords', Stats.SUM), ownMetric('ingestor', 'RecordsPut')]),
        graph('Records out', [streamMetric(watched, 'Destination.Records', Stats.SUM)]),
      ],
      [
        graph('Decorator', sum('RecordsDecorated', 'RecordsDropped', 'RecordsFailed', 'RecordsSkipData')),
        graph('Delay (s)', [streamMetric(watched, 'Destination.DataFreshness', Stats.MAXIMUM)]),
      ],
      [
        graph(
          'Errors',
          functions.map((each) => each.metricErrors({ period: PERIOD })),
        ),
        graph(
          'Duration (ms)',
          functions.map((each) => each.metricDuration({ period: PERIOD, statistic: 'p99' })),
        ),
      ],
      [
        graph('Inventory', [
          ownMetric('inventory', 'InventoryInterfaces'),
          ownMetric('inventory', 'InventoryFailures'),
        ]),
        graph('Look-ups of unknown interfaces', sum('InterfaceLookups', 'InterfaceLookupsFailed')),
      ],
    ],
  });
}
