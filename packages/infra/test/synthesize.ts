/** Templates as `cdk synth` makes them, cdk-nag included. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConfiguration } from '../src/configuration.ts';
import { FlowfitStack } from '../src/stack.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Makes what the stack packs; `cdk synth` does the same by `build` in cdk.json. */
export function bundle(): void {
  const script = join(root, 'packages/lambdas/src/bundle.ts');
  const { status, stderr } = spawnSync('npx', ['tsx', script], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** @throws when cdk-nag finds something that is not acknowledged. */
export function synthesize(context: Record<string, string>): { template: Template; path: string; remove: () => void } {
  const outdir = mkdtempSync(join(tmpdir(), 'flowfit-cdk-'));
  const app = new App({ context: { '@aws-cdk/aws-iam:minimizePolicies': true }, outdir });
  const stack = new FlowfitStack(
    app,
    'Flowfit',
    readConfiguration((name) => context[name]),
  );
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
  return {
    template: Template.fromStack(stack),
    path: join(outdir, 'Flowfit.template.json'),
    remove: () => rmSync(outdir, { recursive: true }),
  };
}

/** A template without what changes with every change of the functions' code. */
export function withoutAssets(template: Template): string {
  return `${JSON.stringify(template.toJSON(), null, 2).replaceAll(/[0-9a-f]{64}/g, '<hash>')}\n`;
}
