/** `flowfit replay`: the connections that were observed, held against a proposed state. */
import { toReplayDocument } from '@flowfit/core/replay/document';
import type { Command } from 'commander';
import { withEvidence } from '../analysis/analyse.ts';
import { type CertificateOptions, readSigningKey, withCertificate, writeCertificate } from '../certificate/write.ts';
import { EXIT } from '../errors.ts';
import { examples } from '../help.ts';
import { toWindow, type WindowOptions, withWindow } from '../options/where.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { type ChangeOptions, readChange, withChange } from '../tighten/change-source.ts';
import { namesOf } from '../tighten/names.ts';
import { formatReplay } from '../views/replay.ts';

interface ReplayOptions extends GlobalOptions, WindowOptions, ChangeOptions, CertificateOptions {}

export const replayCommand: Registration = (program, shell) => {
  const command = program
    .command('replay')
    .summary('what a change would have done to the traffic')
    .description(
      'Holds every observed connection against a proposed state: kept, cut, newly admitted (rejected when it was seen, ' +
        'and would pass), or unknown, where the evidence cannot tell. Members of groups are those of the time. Exits ' +
        'with 3 if anything is cut.',
    );
  withCertificate(withWindow(withChange(command), shell))
    .addHelpText(
      'after',
      examples(
        [
          'flowfit recommend --json > tighter.json && flowfit replay --recommendation tighter.json',
          'before you follow it',
        ],
        ['terraform show -json plan.out > plan.json && flowfit replay --plan plan.json', 'before you apply it'],
        [
          'flowfit replay --rules rules.json --from -30d',
          'rules as "aws ec2 describe-security-group-rules" lists them',
        ],
      ),
    )
    .action((_options: unknown, action: Command) => runReplay(shell, action.optsWithGlobals<ReplayOptions>()));
};

const PENDING =
  'Some days have records that are not rolled up yet, since another command writes to the lake: they were not looked at.';

const runReplay = async (shell: Shell, options: ReplayOptions): Promise<void> => {
  const key = await readSigningKey(shell, options);
  await withEvidence(shell, options, async (state) => {
    const [{ newestInventory }, { replayLake }] = await Promise.all([
      import('@flowfit/lake/observed'),
      import('@flowfit/lake/replay'),
    ]);
    const { change, remarks } = await readChange(shell, options, newestInventory(state));
    const { replay, window, today, pendingDays } = await replayLake(state, toWindow(options), change);
    const notes = pendingDays === 0 ? remarks : [...remarks, PENDING];
    const document = { ...toReplayDocument(replay, window, change), remarks: notes };
    if (options.json) await shell.printJson(document);
    else {
      for (const remark of notes) await shell.note(`${shell.errorColours.yellow('note:')} ${remark}`);
      await shell.print(formatReplay(document, namesOf(today), shell));
    }
    await writeCertificate(shell, options, key, { state, window, change, replay });
    if (replay.cut.length > 0) shell.exitCode = EXIT.notAsItShouldBe;
  });
};
