/** `flowfit flows`: the records themselves. */
import type { FlowRow } from '@flowfit/lake/queries/flows';
import { type Command, Option } from 'commander';
import { usageError } from '../errors.ts';
import { noteAttribution } from '../geography.ts';
import { examples } from '../help.ts';
import { readLake } from '../options/lake.ts';
import { wholeNumber } from '../options/number.ts';
import { toSelection, type WhereOptions, withWhere } from '../options/where.ts';
import { writeJsonList, writeNdjson } from '../output/json.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatFlows } from '../views/flow-table.ts';

/** As many as a person looks through; programs get all unless they ask for fewer. */
const TABLE_LIMIT = 50;

interface FlowsOptions extends GlobalOptions, WhereOptions {
  readonly limit?: number;
  readonly order: 'newest' | 'oldest';
  readonly ndjson?: boolean;
}

export const flowsCommand: Registration = (program, shell) => {
  const command = program
    .command('flows')
    .summary('show enriched flow records')
    .description('Shows the records, newest first, with the fields that were added to them.')
    .option(
      '--limit <n>',
      `how many (default: ${TABLE_LIMIT} in a table, all with --json and --ndjson)`,
      wholeNumber(1, 1e9),
    )
    .addOption(new Option('--order <order>', 'newest or oldest first').choices(['newest', 'oldest']).default('newest'))
    .option('--ndjson', 'print one JSON object a line');
  withWhere(command, shell)
    .addHelpText(
      'after',
      examples(
        ["flowfit flows --where 'dstport = 22 and action = ACCEPT'", 'accepted SSH'],
        [
          "flowfit flows --where 'srcaddr in 10.0.0.0/8 and dstport in (443, 8443) and not action = REJECT'",
          'a filter',
        ],
        ["flowfit flows --where 'security-group-ids = sg-0123456789abcdef0' --from -24h", 'one group, the last day'],
        ['flowfit flows --ndjson --from 2026-06-01 --to 2026-06-02 | jq -c .srcaddr', 'a stream for other tools'],
      ),
    )
    .action((_options: unknown, action: Command) => runFlows(shell, action.optsWithGlobals<FlowsOptions>()));
};

const runFlows = async (shell: Shell, options: FlowsOptions): Promise<void> => {
  if (options.json && options.ndjson) throw usageError('usage', '--json and --ndjson cannot be given together.');
  const { queryFlows, streamFlows } = await import('@flowfit/lake/queries/flows');
  const { order, limit } = options;
  const selection = { order, ...toSelection(options), ...(limit === undefined ? {} : { limit }) };
  await readLake(shell, options, async (lake) => {
    if (options.ndjson) return await writeNdjson(shell, streamFlows(lake, selection));
    if (options.json)
      return await writeJsonList(shell, { schema: 'flowfit.flows/1' }, 'flows', streamFlows(lake, selection));
    const shown = limit ?? TABLE_LIMIT;
    const rows: FlowRow[] = await queryFlows(lake, { ...selection, limit: shown + 1 });
    await shell.print(formatFlows(rows.slice(0, shown), shell));
    if (rows.some((row) => row['source-country-code'] ?? row['destination-country-code'])) await noteAttribution(shell);
    if (rows.length > shown) await shell.note(`There are more: --limit shows more than ${shown}, --where fewer.`);
  });
};
