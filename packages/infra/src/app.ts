/** The CDK app: `npx cdk synth` and `npx cdk deploy` run this file. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConfiguration } from './configuration.ts';
import { FlowfitStack } from './stack.ts';

const app = new App();
const name = app.node.tryGetContext('stackName') ?? 'Flowfit';
new FlowfitStack(
  app,
  name,
  readConfiguration((key) => app.node.tryGetContext(key)),
);
// A finding that is not acknowledged with a reason stops the synthesis.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
