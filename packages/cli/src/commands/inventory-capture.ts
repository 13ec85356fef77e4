/** `flowfit inventory capture`: the account as the EC2 API tells it now. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InventoryCapture } from '@flowfit/aws/ec2/capture';
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { examples } from '../help.ts';
import { formatProblems } from '../inventory/problem-lines.ts';
import { withLake } from '../options/lake.ts';
import { collect } from '../options/list.ts';
import type { GlobalOptions, Shell } from '../shell.ts';
import { formatAddedCaptures } from '../views/inventory.ts';

interface CaptureOptions extends GlobalOptions {
  readonly region?: readonly string[];
  readonly out?: string;
  readonly strict?: boolean;
}

export const captureCommand = (inventory: Command, shell: Shell): void => {
  inventory
    .command('capture')
    .summary('read the inventory from AWS and add it to the lake')
    .description(
      'Calls the describe actions of EC2, which only read, and adds the answers as a capture of now. Credentials and ' +
        'region come from the environment and the shared configuration, as for the AWS CLI.',
    )
    .option('--region <region>', 'a region; may be given several times (default: $AWS_REGION)', collect)
    .option('--out <path>', 'also write the answers there, as the AWS CLI would')
    .option('--strict', 'exit with 3 when a call failed that the capture can do without')
    .addHelpText(
      'after',
      examples(
        ['AWS_PROFILE=production flowfit inventory capture --region eu-west-1 --region us-east-1', 'two regions'],
        ['flowfit inventory capture --out inventory/2026-06-01T0800Z', 'keep the answers as files too'],
      ),
    )
    .action((_options: unknown, action: Command) => runCapture(shell, action.optsWithGlobals<CaptureOptions>()));
};

const runCapture = async (shell: Shell, options: CaptureOptions): Promise<void> => {
  const capture = await captureRegions(shell, options.region ?? []);
  if (options.out !== undefined) await writeAnswers(shell.path(options.out), capture);
  const { addSnapshot } = await import('@flowfit/lake/inventory/store');
  await withLake(shell, options, (lake) => addSnapshot(lake, capture.snapshot), { create: true });
  const { snapshot, counts, problems, failures } = capture;
  const captures = [{ capturedAt: snapshot.capturedAt, counts }];
  if (options.json) await shell.printJson({ schema: 'flowfit.inventory-add/1', captures, problems, failures });
  else {
    for (const line of formatProblems(problems, shell.errorColours)) await shell.note(line);
    for (const { region, command, code, message } of failures) {
      await shell.note(`${shell.errorColours.yellow(`warning[${code}]:`)} ${region}: aws ec2 ${command}: ${message}`);
    }
    await shell.print(formatAddedCaptures(captures, shell));
  }
  if (options.strict && problems.length + failures.length > 0) shell.exitCode = EXIT.notAsItShouldBe;
};

const captureRegions = async (shell: Shell, regions: readonly string[]): Promise<InventoryCapture> => {
  const [{ captureInventory }, { createEc2Client }] = await Promise.all([
    import('@flowfit/aws/ec2/capture'),
    import('@flowfit/aws/ec2/client'),
  ]);
  const clients = regions.length === 0 ? [createEc2Client()] : regions.map((region) => createEc2Client({ region }));
  const { stderr, now } = shell.effects;
  try {
    return await captureInventory(clients, {
      capturedAt: now().toISOString(),
      onPage: (region, command, page) => {
        if (stderr.isTTY) stderr.write(`\r\u001b[K${region} ${command}, page ${page}`);
      },
    });
  } finally {
    for (const client of clients) client.destroy();
    if (stderr.isTTY) stderr.write('\r\u001b[K');
  }
};

const writeAnswers = async (folder: string, { files }: InventoryCapture): Promise<void> => {
  const { makeFolders } = await import('@flowfit/lake/folders');
  for (const { source, text } of files) {
    const path = join(folder, source);
    await makeFolders(dirname(path));
    await writeFile(path, `${text}\n`);
  }
};
