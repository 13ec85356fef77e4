/** The `flowfit` command: the composition root of the one-machine way. Commands load what they need when they run. */
import { nodeEffects } from './effects.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), nodeEffects());
