/** `flowfit recommend`: smaller rule sets that admit whatever was observed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { PATCH_KINDS, type PatchFile, type PatchKind } from '@flowfit/core/patch/model';
import { patchesOf } from '@flowfit/core/patch/patch';
import { omissionsOf } from '@flowfit/core/patch/target';
import { toRecommendationDocument } from '@flowfit/core/recommend/document';
import type { Recommendation } from '@flowfit/core/recommend/model';
import { changeOfRecommendation, patchContextOf } from '@flowfit/core/recommend/patch';
import { checkPins, parseKeepFile } from '@flowfit/core/recommend/pins';
import { RULES_PER_GROUP } from '@flowfit/core/recommend/quota';
import { MAY_CUT, type Wish } from '@flowfit/core/recommend/recommend';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withEvidence } from '../analysis/analyse.ts';
import { findGroups } from '../analysis/lookup.ts';
import { usageError } from '../errors.ts';
import { examples } from '../help.ts';
import { readNamed, unwritable } from '../named-file.ts';
import { decimalNumber, wholeNumber } from '../options/number.ts';
import { toWindow, type WindowOptions, withWindow } from '../options/where.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { VERSION } from '../version.ts';
import { formatRecommendation } from '../views/recommend.ts';

interface RecommendOptions extends GlobalOptions, WindowOptions {
  readonly group?: readonly string[];
  readonly rulesAtMost?: number;
  readonly openness?: Wish;
  readonly keep?: string;
  /** Per cent. */
  readonly mayCut: number;
  readonly rulesPerGroup?: number;
  readonly patch?: string;
  readonly patchKind?: readonly PatchKind[];
}

export const recommendCommand: Registration = (program, shell) => {
  const command = program
    .command('recommend')
    .summary('smaller rule sets that admit whatever was observed')
    .description(
      'For each group a whole rule set that admits every connection that its rules admitted in the window, or may have, ' +
        'and little else. Nothing is changed in AWS. Unused rules are dropped; undecided ones stay as they are. What the ' +
        'same recommendation from the earlier part of the window would have cut of the later one stands beside it.',
    )
    .option('--group <group...>', 'only these groups, by id or name')
    .option('--rules-at-most <n>', 'the least open set of so many rules for each group', wholeNumber(0, 100_000))
    .option(
      '--openness <pairs>',
      "the fewest rules that admit so many pairs of IPv4 address and port, or such a share of today's (1%)",
      readOpenness,
    )
    .option('--keep <file>', 'rules, blocks and ports that stay whatever the traffic says (flowfit.keep/1)')
    .option(
      '--may-cut <percent>',
      'later connections that a suggested set may have cut',
      decimalNumber(0, 100),
      MAY_CUT * 100,
    )
    .option(
      '--rules-per-group <n>',
      `the account's quota for each direction (default: ${RULES_PER_GROUP}, or what a group has already)`,
      wholeNumber(1, 1000),
    )
    .option('--patch <dir>', 'also write patches and their rollback to a directory')
    .addOption(new Option('--patch-kind <kind...>', 'which (default: all)').choices(PATCH_KINDS));
  withWindow(command, shell)
    .addHelpText(
      'after',
      examples(
        ['flowfit recommend', 'what each group could be'],
        ['flowfit recommend --group web --rules-at-most 5', 'one group, few rules'],
        ['flowfit recommend --json > tighter.json && flowfit replay --recommendation tighter.json', 'with the proof'],
        ['flowfit recommend --group web --patch ./tighter', 'as scripts and templates'],
      ),
    )
    .action((_options: unknown, action: Command) => runRecommend(shell, action.optsWithGlobals<RecommendOptions>()));
};

const runRecommend = async (shell: Shell, options: RecommendOptions): Promise<void> => {
  const wish = wishOf(options);
  const pins = options.keep === undefined ? [] : parseKeepFile(await readNamed(shell, options.keep, 'keep-unreadable'));
  await withEvidence(shell, options, async (state) => {
    const [{ newestInventory }, { recommendLake }] = await Promise.all([
      import('@flowfit/lake/observed'),
      import('@flowfit/lake/recommend'),
    ]);
    const today = newestInventory(state);
    checkPins(pins, today, shell.effects.now().toISOString().slice(0, 10));
    const wanted = options.group?.flatMap((text) => findGroups(today.groups, text).map(({ id }) => id));
    const recommendation = await recommendLake(state, toWindow(options), {
      ...(wanted === undefined ? {} : { groups: wanted }),
      ...(options.rulesPerGroup === undefined ? {} : { rulesPerGroup: options.rulesPerGroup }),
      ...{ pins, wish, mayCut: options.mayCut / 100 },
    });
    const patches = options.patch === undefined ? null : patchesFor(options, recommendation, today);
    if (options.json) await shell.printJson(toRecommendationDocument(recommendation));
    else await shell.print(formatRecommendation(recommendation, shell));
    if (patches !== null) await writePatches(shell, options.patch as string, patches);
  });
};

const wishOf = ({ rulesAtMost, openness }: RecommendOptions): Wish => {
  if (rulesAtMost !== undefined && openness !== undefined) {
    throw usageError(
      'wish-two',
      'Name either --rules-at-most or --openness.',
      'Each decides the point of the curve alone.',
    );
  }
  if (rulesAtMost !== undefined) return { kind: 'rules', atMost: rulesAtMost };
  return openness ?? { kind: 'suggested' };
};

function readOpenness(text: string): Wish {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  if (digits === undefined)
    throw new InvalidArgumentError('Not a number of pairs such as 65536, or a share such as 1%.');
  if (percent === '') return { kind: 'openness', atMost: Number(digits), unit: 'pairs' };
  return { kind: 'openness', atMost: Number(digits) / 100, unit: 'share' };
}

interface Patches {
  readonly files: readonly PatchFile[];
  readonly omissions: readonly string[];
}

const patchesFor = (
  { patchKind = PATCH_KINDS, rulesPerGroup }: RecommendOptions,
  recommendation: Recommendation,
  today: InventorySnapshot,
): Patches => {
  const change = changeOfRecommendation(recommendation, today);
  const context = {
    ...patchContextOf(recommendation, today, `flowfit ${VERSION}`),
    ...(rulesPerGroup === undefined ? {} : { rulesPerGroup }),
  };
  return { files: patchesOf(change, context, patchKind), omissions: omissionsOf(change) };
};

const writePatches = async (shell: Shell, folder: string, { files, omissions }: Patches): Promise<void> => {
  try {
    for (const { name, text } of files) {
      const path = join(shell.path(folder), name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
    }
  } catch (error) {
    throw unwritable('The patches', shell.path(folder), error, 'Name another folder with --patch.');
  }
  for (const omission of omissions) await shell.note(`${shell.errorColours.yellow('note:')} ${omission}`);
  await shell.note(`Wrote ${files.map(({ name }) => name).join(', ')} to ${folder}.`);
};
