/** `flowfit opensearch`: making a cluster ready, and sending it what a lake holds. */
import type { EnrichedFlow } from '@flowfit/core/enrich/enrich';
import type { LakeState } from '@flowfit/lake/state';
import type { BackfillResult } from '@flowfit/opensearch/backfill';
import type { OpenSearch } from '@flowfit/opensearch/client';
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { examples } from '../help.ts';
import { interruptible } from '../interrupt.ts';
import { readLake } from '../options/lake.ts';
import { collect } from '../options/list.ts';
import { wholeNumber } from '../options/number.ts';
import { httpUrl, shownUrl } from '../options/url.ts';
import { toWindow, type WindowOptions, withWindow } from '../options/where.ts';
import { createProgressBar } from '../output/progress.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { withCluster } from '../streaming/cluster.ts';
import { createRefusals, type Refusals } from '../streaming/refusals.ts';
import { formatBackfill, formatSetup } from '../views/opensearch.ts';

interface SetupOptions extends GlobalOptions {
  readonly dashboards?: string;
  readonly writer?: readonly string[];
  readonly retention: number;
}

interface BackfillOptions extends GlobalOptions, WindowOptions {}

const URL_HELP = 'address of the cluster; https://user:password@… where it asks for them';

export const opensearchCommand: Registration = (program, shell) => {
  const opensearch = program
    .command('opensearch')
    .summary('make an OpenSearch cluster ready, and fill it from the lake')
    .description(
      "Prepares the cluster of the streaming way and sends it the lake's records. Requests to Amazon's domains and " +
        'collections are signed with the credentials that the AWS CLI would use.',
    );
  setupCommand(opensearch, shell);
  backfillCommand(opensearch, shell);
};

const setupCommand = (opensearch: Command, shell: Shell): void => {
  opensearch
    .command('setup')
    .summary('install index template, retention policy, saved queries and the SGDashboard')
    .description(
      'Installs what daily indexes and the SGDashboard need, and replaces what an earlier run installed. A step that ' +
        'the cluster has no means for is left out and said: records arrive without it as well.',
    )
    .argument('<url>', URL_HELP, httpUrl)
    .option('--dashboards <url>', 'address of OpenSearch Dashboards, for saved queries and the SGDashboard', httpUrl)
    .option(
      '--writer <arn>',
      'IAM role that may write, with fine-grained access control; may be given several times',
      collect,
    )
    .option('--retention <days>', 'days after which a daily index is deleted', wholeNumber(1, 36_500), 30)
    .addHelpText(
      'after',
      examples(
        ['flowfit opensearch setup "$OPENSEARCH_URL" --dashboards "$DASHBOARDS_URL"', 'everything'],
        ['flowfit opensearch setup "$OPENSEARCH_URL" --writer "$DELIVERY_ROLE_ARN"', 'let the delivery stream write'],
        ['flowfit opensearch setup http://localhost:9200 --retention 7', 'a cluster on this machine, for a week'],
      ),
    )
    .action((url: string, _options: unknown, action: Command) =>
      runSetup(shell, url, action.optsWithGlobals<SetupOptions>()),
    );
};

const runSetup = async (shell: Shell, url: string, options: SetupOptions): Promise<void> => {
  const { setup } = await import('@flowfit/opensearch/setup');
  const { dashboards = null, writer = [], retention } = options;
  const steps = await withCluster(url, (cluster) =>
    setup(cluster, { retention: { deleteAfterDays: retention }, writers: writer, dashboardsUrl: dashboards }, fetch),
  );
  if (options.json) await shell.printJson({ schema: 'flowfit.opensearch-setup/1', steps });
  else await shell.print(formatSetup(shownUrl(url), steps, shell));
};

const backfillCommand = (opensearch: Command, shell: Shell): void => {
  const command = opensearch
    .command('backfill')
    .summary("send the lake's records to a cluster")
    .description(
      'Writes the enriched records of the lake into the daily indexes of their own days, under ids that come from ' +
        'their content: running it again adds nothing. Records that the delivery stream brought have other ids, so send ' +
        'only times before it began. Run "flowfit opensearch setup" first. Exits with 3 when documents were rejected.',
    )
    .argument('<url>', URL_HELP, httpUrl);
  withWindow(command, shell)
    .addHelpText(
      'after',
      examples(
        ['flowfit opensearch backfill "$OPENSEARCH_URL" --to 2026-06-01', 'all that is older than the stream'],
        ['flowfit opensearch backfill http://localhost:9200 --from -7d', 'the last week, to a cluster on this machine'],
      ),
    )
    .action((url: string, _options: unknown, action: Command) =>
      runBackfill(shell, url, action.optsWithGlobals<BackfillOptions>()),
    );
};

const runBackfill = async (shell: Shell, url: string, options: BackfillOptions): Promise<void> => {
  const refusals = createRefusals();
  const result = await interruptible(shell, (signal) =>
    readLake(shell, options, (lake) =>
      withCluster(url, (cluster) => sendFlows(shell, lake, cluster, { ...toWindow(options), signal }, refusals)),
    ),
  );
  const report = { ...result, reasons: refusals.list() };
  if (options.json) await shell.printJson({ schema: 'flowfit.opensearch-backfill/1', ...report });
  else await shell.print(formatBackfill(shownUrl(url), report, shell));
  if (result.rejected > 0) shell.exitCode = EXIT.notAsItShouldBe;
};

/** Records between two updates of the progress bar. */
const STRIDE = 1_000;

const sendFlows = async (
  shell: Shell,
  lake: LakeState,
  cluster: OpenSearch,
  selection: WindowOptions & { readonly signal: AbortSignal },
  refusals: Refusals,
): Promise<BackfillResult> => {
  const [{ streamFlows }, { querySummary }, { backfill }] = await Promise.all([
    import('@flowfit/lake/queries/flows'),
    import('@flowfit/lake/queries/summary'),
    import('@flowfit/opensearch/backfill'),
  ]);
  const { now, sleep, stderr } = shell.effects;
  const { flows: total } = await querySummary(lake, selection);
  const bar = createProgressBar(stderr);
  const began = now().getTime();
  let records = 0;
  const onRecord = () => {
    records += 1;
    if (records % STRIDE !== 0) return;
    bar.update({ phase: 'send', done: records, total, records, seconds: (now().getTime() - began) / 1000 });
  };
  try {
    // The lake gives the fields of an enriched flow under its names; its rows are typed by column only.
    const flows = streamFlows(lake, { ...selection, order: 'oldest' }) as AsyncIterable<EnrichedFlow>;
    return await backfill(cluster, flows, { onRecord, onRejected: ({ reason }) => refusals.add(reason) }, { sleep });
  } finally {
    bar.stop();
  }
};
