import { describe, expect, it } from 'vitest';
import { PROFILES, readConfiguration } from './configuration.ts';

const read = (context: Record<string, unknown>) => readConfiguration((name) => context[name]);

describe('the context', () => {
  it('may be empty: a cheap domain, through CloudWatch Logs, the VPC asked for when deploying', () => {
    expect(read({})).toEqual({
      profile: PROFILES.cheap,
      source: { kind: 'vpc-parameter' },
      entry: 'cloudwatch',
      destination: { kind: 'domain' },
      geography: 'bundled',
      allowedCidrs: [],
      masterUserArn: null,
      warmNodes: 0,
      alarmEmail: null,
      noData: 'drop',
      skipData: 'keep',
    });
  });

  it('names where flow logs come from', () => {
    expect(read({ vpcId: 'vpc-0a' }).source).toEqual({ kind: 'vpc', vpcId: 'vpc-0a' });
    expect(read({ subnetIds: 'subnet-0a,subnet-0b' }).source).toEqual({
      kind: 'subnets',
      subnetIds: ['subnet-0a', 'subnet-0b'],
    });
    expect(read({ logGroupName: 'flows' }).source).toEqual({ kind: 'log-group', name: 'flows' });
  });

  it.each([
    [{ profile: 'large' }, '-c profile=large: it may be cheap or production'],
    [{ entry: 'kinesis' }, '-c entry=kinesis: it may be cloudwatch or firehose'],
    [{ opensearch: 'arn:aws:s3:::x' }, /-c opensearch=arn:aws:s3:::x: it may be domain, serverless or the ARN/],
    [{ geography: '/file' }, '-c geography=/file: it may be none, bundled or s3://bucket/key'],
    [{ vpcId: 'vpc-0a', logGroupName: 'flows' }, 'give one of them'],
    [{ entry: 'firehose', logGroupName: 'flows' }, 'leave entry out'],
    [{ warmNodes: '1' }, '-c warmNodes=1: it may be 0 or from 2 on'],
    [{ warmNodes: '2' }, 'UltraWarm needs dedicated masters'],
  ])('%j is refused', (context, message) => {
    expect(() => read(context)).toThrow(message);
  });
});
