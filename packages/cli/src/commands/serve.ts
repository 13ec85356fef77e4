/** `flowfit serve`: the web app on this machine. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { GeoDatabase } from '@flowfit/geo/database';
import type { LogLevel } from '@flowfit/server/log';
import { type Command, Option } from 'commander';
import { formatAttribution, openGeography } from '../geography.ts';
import { examples } from '../help.ts';
import { withLake } from '../options/lake.ts';
import { collect } from '../options/list.ts';
import { wholeNumber } from '../options/number.ts';
import { type LogOptions, openLog } from '../options/server-log.ts';
import { readSize } from '../options/size.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { VERSION } from '../version.ts';

/** Those of the server, which is not loaded to print the help. */
const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

interface ServeOptions extends GlobalOptions, LogOptions {
  readonly host?: string;
  readonly port?: number;
  readonly allowHost?: readonly string[];
  readonly geoip?: string;
  readonly querySeconds?: number;
  readonly residentLimit?: string;
}

export const serveCommand: Registration = (program, shell) => {
  program
    .command('serve')
    .summary('open the web app')
    .description(
      'Serves the web app and its API to this machine. On any other address it asks for an access token, which is read ' +
        'from $FLOWFIT_TOKEN.',
    )
    .option('--port <n>', 'port to listen on; 0 = any free one (default: 4680)', wholeNumber(0, 65_535))
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--allow-host <name>', 'another name that the server may be called by; may be given several times', collect)
    .option('--geoip <file>', 'your own MMDB file for look-ups')
    .option(
      '--query-seconds <n>',
      'stop a query that takes longer, and answer query-too-long (default: 120)',
      wholeNumber(1, 86_400),
    )
    .option(
      '--resident-limit <size>',
      'memory for the traffic of the newest days, which the dashboard then need not read; 0 = none (default: 600MB)',
    )
    .option('--log <file>', 'append the log to this file, one JSON object a line; "-" = stderr')
    .addOption(
      new Option('--log-level <level>', 'what the log holds; info has every request (default: warn)').choices(
        LOG_LEVELS,
      ),
    )
    .addHelpText(
      'after',
      examples(
        ['flowfit serve', 'the lake in ./flowfit-lake'],
        ['flowfit serve --log serve.log --log-level info', 'with a log of every request'],
        ['FLOWFIT_TOKEN=… flowfit serve --host 0.0.0.0 --allow-host flowfit.example.com', 'to others, with a token'],
      ),
    )
    .action((_options: unknown, action: Command) => runServe(shell, action.optsWithGlobals<ServeOptions>()));
};

/** Serves until Ctrl-C. */
export const runServe = async (shell: Shell, options: ServeOptions): Promise<void> => {
  const { startServer } = await import('@flowfit/server/start');
  const { host, port, allowHost, geoip, querySeconds } = options;
  const residentBytes =
    options.residentLimit === undefined ? undefined : readSize(options.residentLimit, '--resident-limit');
  const geography = await openGeography(geoip);
  const token = shell.effects.env.FLOWFIT_TOKEN;
  await withLake(shell, options, async (lake) => {
    const { log, close: closeLog } = await openLog(shell, options);
    try {
      const server = await startServer({
        lake,
        version: VERSION,
        geography: { locate: geography.locate, notices: [noticeOf(geography)] },
        ...(host === undefined ? {} : { host }),
        ...(port === undefined ? {} : { port }),
        ...(token ? { token } : {}),
        ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
        ...(querySeconds === undefined ? {} : { querySeconds }),
        ...(residentBytes === undefined ? {} : { residentBytes }),
        ...webRoot(),
        log,
      });
      if (options.json) await shell.printJson({ schema: 'flowfit.serve/1', url: server.url, port: server.port });
      else
        await shell.print(
          `Flowfit is at ${shell.colours.cyan(server.url)}\n${formatAttribution(geography.info)}\nCtrl-C ends it.`,
        );
      await new Promise<void>((done) => {
        shell.effects.onInterrupt(done);
      });
      await server.close();
    } finally {
      await closeLog();
    }
  });
};

const noticeOf = ({ info }: GeoDatabase) => ({
  name: info.name,
  buildDate: info.buildDate,
  attribution: info.attribution ?? `Geography from ${info.name}`,
  url: info.link,
});

/** The built web app lies beside the built command; from source, where the build puts it. */
const webRoot = (): { webRoot?: string } => {
  const places = ['./web', '../../dist/web'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = places.find((place) => existsSync(place));
  return found === undefined ? {} : { webRoot: found };
};
