/** The streaming way in one stack: flow logs in, enriched documents in OpenSearch out, failures in S3. */
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { Alarms } from './alarms.ts';
import type { Configuration } from './configuration.ts';
import { createDecorator } from './decorator.ts';
import { createDeliveryRole, Delivery } from './delivery.ts';
import { Entry } from './entry.ts';
import { InventoryRecorder } from './inventory.ts';
import { createSearch } from './search.ts';
import { Storage } from './storage.ts';

export class FlowfitStack extends Stack {
  constructor(scope: Construct, id: string, configuration: Configuration, props?: StackProps) {
    super(scope, id, { description: 'Flowfit: enriched VPC flow logs in OpenSearch', ...props });
    const deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(deadLetters, { 'AwsSolutions-SQS3': 'This is the dead-letter queue.' });
    const storage = new Storage(this, 'Storage', configuration);
    const { recorder } = new InventoryRecorder(this, 'Inventory', storage.inventory, deadLetters);
    const decorator = createDecorator(this, configuration, storage.inventory);
    const role = createDeliveryRole(this);
    const search = createSearch(this, configuration, role);
    const { failures } = storage;
    const { stream } = new Delivery(this, 'Delivery', { decorator, failures, role, search });
    const { ingestor } = new Entry(this, 'Entry', { configuration, stream, deadLetters });
    new Alarms(this, 'Alarms', {
      stream,
      search,
      functions: { ...(ingestor ? { Ingestor: ingestor } : {}), Decorator: decorator, Inventory: recorder },
      deadLetters,
      alarmEmail: configuration.alarmEmail,
    });
  }
}
