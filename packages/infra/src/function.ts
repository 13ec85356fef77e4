/** A function of `packages/lambdas`, from its bundle. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

const BUNDLES = join(dirname(fileURLToPath(import.meta.url)), '../../lambdas/dist');

export interface FunctionOptions {
  /** Folder of the bundle: `ingestor`, `decorator` or `inventory`. */
  readonly name: string;
  readonly description: string;
  readonly memoryMiB: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  /** What the function may do beyond writing its own log. */
  readonly permissions: readonly PolicyStatement[];
  /** Left out of the package. */
  readonly exclude?: string[];
}

/** On arm64, with its own log group and a role that may write to that alone. */
export function createFunction(scope: Construct, id: string, options: FunctionOptions): LambdaFunction {
  const bundle = join(BUNDLES, options.name);
  if (!existsSync(join(bundle, 'index.mjs'))) {
    throw new Error(`${bundle}/index.mjs is missing: run npx tsx packages/lambdas/src/bundle.ts`);
  }
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  for (const statement of options.permissions) role.addToPolicy(statement);
  acknowledge(role, {
    [`AwsSolutions-IAM5[Resource::<${Stack.of(scope).getLogicalId(logGroup.node.defaultChild as never)}.Arn>]`]:
      'The streams of the function’s own log group.',
  });
  return new LambdaFunction(scope, id, {
    description: options.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(bundle, options.exclude ? { exclude: options.exclude } : {}),
    memorySize: options.memoryMiB,
    timeout: options.timeout,
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    environment: { ...options.environment },
    ...(options.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: options.reservedConcurrency }),
  });
}

export type { LambdaFunction };
