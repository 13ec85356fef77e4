/** Every command, in the order in which help shows them. A new one is a file in `commands/` and a line here. */
import { checkCommand } from './commands/check.ts';
import { completionCommand } from './commands/completion.ts';
import { demoCommand } from './commands/demo.ts';
import { explainCommand } from './commands/explain.ts';
import { failuresCommand } from './commands/failures.ts';
import { findingsCommand } from './commands/findings.ts';
import { flowsCommand } from './commands/flows.ts';
import { generateCommand } from './commands/generate.ts';
import { groupsCommand } from './commands/groups.ts';
import { histogramCommand } from './commands/histogram.ts';
import { ingestCommand } from './commands/ingest.ts';
import { inventoryCommand } from './commands/inventory.ts';
import { keygenCommand } from './commands/keygen.ts';
import { lakeCommand } from './commands/lake.ts';
import { opensearchCommand } from './commands/opensearch.ts';
import { recommendCommand } from './commands/recommend.ts';
import { replayCommand } from './commands/replay.ts';
import { reportCommand } from './commands/report.ts';
import { rulesCommand } from './commands/rules.ts';
import { serveCommand } from './commands/serve.ts';
import { topCommand } from './commands/top.ts';
import { verifyCommand } from './commands/verify.ts';
import type { Registration } from './shell.ts';

export const COMMANDS: readonly Registration[] = [
  ingestCommand,
  inventoryCommand,
  lakeCommand,
  flowsCommand,
  topCommand,
  histogramCommand,
  rulesCommand,
  groupsCommand,
  findingsCommand,
  explainCommand,
  recommendCommand,
  replayCommand,
  checkCommand,
  verifyCommand,
  keygenCommand,
  serveCommand,
  reportCommand,
  opensearchCommand,
  failuresCommand,
  demoCommand,
  generateCommand,
  completionCommand,
];
