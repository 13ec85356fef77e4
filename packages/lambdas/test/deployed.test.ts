/**
 * The functions as they are deployed: bundled, loaded in a process of their own, with the real SDK against an emulated
 * account.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { parseSnapshot } from '@flowfit/core/inventory/snapshot';
import { startFaultyFirehose } from '@flowfit/testkit/faulty-aws/firehose';
import { type FunctionProcess, startFunction } from '@flowfit/testkit/firehose/function-process';
import { startMoto } from '@flowfit/testkit/moto/server';
import { orSkip } from '@flowfit/testkit/opensearch-server/unavailable';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLE_FOLDER, bundleFunctions, FUNCTIONS } from '../src/bundle.ts';
import type { TransformResponse } from '../src/decorator/contract.ts';
import { line, noData, transformEvent } from './decorator-kit.ts';

const EVENTS = '../shared/testdata/events';
const LIMIT = 500 * 1024;

let folder: string;
const bundle = (name: string) => join(folder, name, 'index.mjs');
const running: FunctionProcess[] = [];
const start = async (name: string, environment: Record<string, string>) => {
  const each = await startFunction(bundle(name), environment);
  running.push(each);
  return each;
};

beforeAll(async () => {
  mkdirSync(BUNDLE_FOLDER, { recursive: true });
  folder = mkdtempSync(join(BUNDLE_FOLDER, 'test-'));
  await bundleFunctions(folder);
});

afterAll(async () => {
  for (const each of running) await each.stop();
  rmSync(folder, { recursive: true });
});

const subscription = (messages: readonly string[]) => {
  const logEvents = messages.map((message, n) => ({ id: String(n).padStart(56, '3'), timestamp: 0, message }));
  const envelope = { messageType: 'DATA_MESSAGE', logGroup: 'flows', logStream: 'eni-0a-all', logEvents };
  return { awslogs: { data: gzipSync(JSON.stringify(envelope)).toString('base64') } };
};

describe('the bundles', () => {
  it.each(FUNCTIONS)('%s is small', (name) => {
    expect(statSync(bundle(name)).size).toBeLessThanOrEqual(LIMIT);
  });

  it('say what is missing in the configuration', async () => {
    await expect(startFunction(bundle('ingestor'), { DELIVERY_STREAM: '' })).rejects.toThrow(
      'the function ended with 1',
    );
  });
});

describe('the ingestor against a stream that refuses', () => {
  it('puts again what was refused, and fails when the stream stays away', async () => {
    const stream = await startFaultyFirehose((call) => (call === 0 ? { refuse: [1] } : undefined));
    const ingestor = await start('ingestor', {
      DELIVERY_STREAM: 'flows',
      AWS_ENDPOINT_URL: stream.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    });
    expect(await ingestor.invoke(subscription(['a', 'b', 'c']))).toMatchObject({ events: 3, delivered: 3 });
    expect(stream.accepted).toEqual(['a', 'c', 'b']);
    const metrics = ingestor.output.map((each) => JSON.parse(each)).find((each) => each._aws);
    expect(metrics).toMatchObject({ service: 'ingestor', LogEvents: 3, RecordsPut: 3, RecordsResent: 1 });
    await stream.close();
    await expect(ingestor.invoke(subscription(['d']))).rejects.toThrow(/undelivered: 1 of 1 records/);
  });
});

const moto = await orSkip(startMoto);

describe.skipIf(!moto)('in an account', () => {
  const BUCKET = 'flowfit-inventory';
  let ec2: EC2Client;
  let s3: S3Client;
  let interfaceId: string;
  let address: string;
  let groupId: string;

  const createInterface = async () => {
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand());
    const { NetworkInterface } = await ec2.send(
      new CreateNetworkInterfaceCommand({ SubnetId: Subnets![0]!.SubnetId!, Groups: [groupId] }),
    );
    return NetworkInterface!;
  };

  beforeAll(async () => {
    ec2 = new EC2Client(moto!.clientConfiguration);
    s3 = new S3Client({ ...moto!.clientConfiguration, forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand());
    const VpcId = Subnets![0]!.VpcId!;
    const created = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId }));
    groupId = created.GroupId!;
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '192.0.2.0/24' }] }],
      }),
    );
    const created2 = await createInterface();
    interfaceId = created2.NetworkInterfaceId!;
    address = created2.PrivateIpAddress!;
  });

  afterAll(async () => {
    ec2.destroy();
    s3.destroy();
    await moto!.stop();
  });

  const inventoryEnvironment = () => ({ ...moto!.environment, INVENTORY_BUCKET: BUCKET });
  const keys = async (Bucket: string, Prefix = '') =>
    ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(({ Key }) => Key!);

  it('the inventory function stores what is there, once', async () => {
    const inventory = await start('inventory', inventoryEnvironment());
    expect(await inventory.invoke({ source: 'aws.events' })).toMatchObject({ outcome: 'stored', interfaces: 1 });
    expect(await inventory.invoke({ source: 'aws.events' })).toMatchObject({ outcome: 'unchanged' });
    const stored = await keys(BUCKET);
    expect(stored).toEqual([expect.stringMatching(/^inventory\/\d{8}T\d{6}\.\d{3}Z\.json$/), 'inventory/newest.json']);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: stored[0]! }));
    const parsed = parseSnapshot(await Body!.transformToString());
    if (!parsed.ok) throw new Error(parsed.error.message);
    const group = parsed.snapshot.groups.find(({ id }) => id === groupId);
    expect(group?.rules.some(({ fromPort, peer }) => fromPort === 443 && peer.kind === 'cidr')).toBe(true);
    expect(parsed.snapshot.interfaces).toMatchObject([{ id: interfaceId, groupIds: [groupId], addresses: [address] }]);
  });

  it('the decorator reads it, and looks up an interface that is newer', async () => {
    const newer = await createInterface();
    const decorator = await start('decorator', { ...inventoryEnvironment(), GEOGRAPHY: 'bundled' });
    const at = (id: string, to: string) =>
      `2 123456789012 ${id} 8.8.8.8 ${to} 40000 443 6 1 840 1700000000 1700000060 ACCEPT OK`;
    const event = transformEvent([
      at(interfaceId, address),
      at(newer.NetworkInterfaceId!, newer.PrivateIpAddress!),
      noData('NODATA'),
      'rubbish',
    ]);
    const { records } = (await decorator.invoke(event)) as TransformResponse;
    expect(records.map(({ result }) => result)).toEqual(['Ok', 'Ok', 'Dropped', 'ProcessingFailed']);
    for (const { data } of records.slice(0, 2)) {
      expect(JSON.parse(Buffer.from(data, 'base64').toString())).toMatchObject({
        direction: 'inbound',
        'security-group-ids': [groupId],
        'source-country-code': 'US',
      });
    }
    const logged = decorator.output.map((each) => JSON.parse(each));
    expect(logged.find((each) => each._aws)).toMatchObject({
      RecordsDecorated: 2,
      RecordsFailed: 1,
      InterfaceLookups: 1,
    });
  });

  it('the ingestor puts to a stream, and its bucket holds every record', async () => {
    const target = 'flowfit-records';
    await s3.send(
      new CreateBucketCommand({ Bucket: target, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    const firehose = new FirehoseClient(moto!.clientConfiguration);
    const RoleARN = 'arn:aws:iam::123456789012:role/delivery';
    await firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: 'flows',
        ExtendedS3DestinationConfiguration: { BucketARN: `arn:aws:s3:::${target}`, RoleARN },
      }),
    );
    firehose.destroy();
    const ingestor = await start('ingestor', { ...moto!.environment, DELIVERY_STREAM: 'flows' });
    const lines = Array.from({ length: 1_200 }, (_, n) => line(n));
    expect(await ingestor.invoke(subscription(lines))).toMatchObject({ events: 1_200, delivered: 1_200 });
    const stored: string[] = [];
    for (const Key of await keys(target)) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: target, Key }));
      stored.push(...(await Body!.transformToString()).split(/(?<=OK)/));
    }
    expect(stored.sort()).toEqual(lines.sort());
  });

  it('the event fixtures of other projects are handled or refused, never swallowed', async () => {
    const ingestor = running.at(-1)!;
    const event = (file: string) => JSON.parse(readFileSync(`${EVENTS}/${file}`, 'utf8'));
    const result = await ingestor.invoke(event('powertools-typescript/cloudwatch/base.json')).catch((error) => error);
    expect(result).toMatchObject({ events: 3, delivered: 3 });
    await expect(ingestor.invoke(event('aws-lambda-go/s3-event.json'))).rejects.toThrow('not-a-subscription');
  });
});
