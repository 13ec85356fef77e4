import { commandReferences, EXIT_CODES } from '../../packages/cli/src/reference.ts';
import { code, page, table } from './markdown.ts';

export const renderCli = (): string => {
  const [program, ...commands] = commandReferences();
  return page(
    'Command line',
    '`npx flowfit <command>` in a checkout or where the package is installed. Results go to stdout, everything else to ' +
      'stderr: a table for people, exactly one JSON document with `--json`, one JSON object a line with `--ndjson` where a ' +
      'command offers it. Progress is shown on a terminal only.',
    '## Conventions',
    '* **Lake.** `--lake DIR` names it, else the environment variable `FLOWFIT_LAKE`, else `./flowfit-lake`.\n' +
      '* **Times** are ISO 8601, UTC unless an offset is given (`2026-06-01`, `2026-06-01T08:30Z`), relative to now (`-7d`, ' +
      '`-12h`, `-30m`), or `now`. A window holds `--from` and ends before `--to`.\n' +
      '* **Filters** (`--where`) are described in [Filter language](filter.md).\n' +
      '* **Errors** are printed as `error[code]: message`, with what to do about it below. `FLOWFIT_DEBUG=1` adds the stack.\n' +
      '* **Colours** are used on terminals, unless `NO_COLOR` is set; `FORCE_COLOR=1` forces them.',
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      EXIT_CODES.map(([number, meaning]) => [code(String(number)), meaning]),
    ),
    '## Commands',
    table(
      ['Command', 'Does'],
      commands.map(({ name, summary }) => [`[${code(name)}](#${name.replaceAll(' ', '-')})`, summary]),
    ),
    fence(program?.help ?? ''),
    ...commands.flatMap(({ name, help }) => [`### ${name}`, fence(help)]),
  );
};

const fence = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;
