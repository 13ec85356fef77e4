/**
 * From the JSON that the AWS CLI prints to one snapshot. Answers are recognised by their content, whatever the files
 * are called and however many pages, accounts and regions they hold; the order of files and pages changes nothing.
 */
import { assemble } from './assemble.ts';
import type { Answer } from './describe/answer.ts';
import { COMMANDS, SET_ASIDE_KEYS } from './describe/commands.ts';
import { Draft } from './draft.ts';
import { isObject, type JsonError, type JsonObject, objectOf, objectsOf, parseDocuments, textOf } from './json.ts';
import type { InventorySnapshot } from './model.ts';
import type { InventoryProblem } from './problems.ts';
import type { SNAPSHOT_LISTS } from './snapshot.ts';

export interface InventoryFile {
  /** How problems name it: usually a path. */
  readonly source: string;
  readonly text: string;
}

export type InventoryCounts = { readonly [list in (typeof SNAPSHOT_LISTS)[number]]: number } & {
  readonly rules: number;
  readonly files: number;
  /** JSON documents: a file may hold several pages. */
  readonly documents: number;
  /** Answers that are known and not needed. */
  readonly setAside: number;
};

export interface InventoryRead {
  readonly snapshot: InventorySnapshot;
  readonly counts: InventoryCounts;
  /** By source; a bad file never stops the others. */
  readonly problems: readonly InventoryProblem[];
}

/**
 * Reads the files of one capture.
 *
 * @example readInventory([{ source: 'groups.json', text: '{"SecurityGroups": []}' }], { capturedAt: '2026-01-01T00:00:00.000Z' })
 */
export const readInventory = (
  files: readonly InventoryFile[],
  options: { readonly capturedAt: string },
): InventoryRead => {
  const draft = new Draft();
  for (const file of files) readFile(file, draft);
  const snapshot = assemble(draft, options.capturedAt);
  reportConflicts(draft);
  reportIncomplete(draft);
  return { snapshot, counts: countsOf(snapshot, files.length, draft), problems: sortedProblems(draft.problems) };
};

const readFile = ({ source, text }: InventoryFile, draft: Draft): void => {
  if (text.slice(0, 8).includes('\0')) {
    // Windows PowerShell's `>` writes UTF-16; read as UTF-8 every second character is a NUL.
    draft.report(source, 'inventory-json', 'The file is UTF-16: aws … | Out-File -Encoding utf8 FILE makes it UTF-8.');
    return;
  }
  const { documents, error } = parseDocuments(text);
  if (error !== null) draft.report(source, 'inventory-json', whatOf(error));
  else if (documents.length === 0) draft.report(source, 'inventory-empty', 'The file is empty.');
  for (const document of documents) {
    draft.documents++;
    readDocument(source, document, draft);
  }
};

const whatOf = ({ cutOff, line, column, beganAtLine, found }: JsonError): string =>
  cutOff
    ? `Cut off: the file ends at line ${line}, column ${column}, inside the document that begins at line ${beganAtLine}.`
    : `Not JSON at line ${line}, column ${column}: ${JSON.stringify(found)}.`;

/** An answer, a list of answers (pages), or a recorded one: `{"status_code": 200, "data": {…}}`. */
const readDocument = (source: string, document: unknown, draft: Draft): void => {
  if (Array.isArray(document) && document.length > 0 && document.every(isObject)) {
    for (const page of document) readDocument(source, page, draft);
  } else if (isObject(document) && 'status_code' in document && isObject(document.data)) {
    readDocument(source, document.data, draft);
  } else if (isObject(document)) {
    readAnswer({ source, json: document }, draft);
  } else {
    draft.report(source, 'inventory-unknown', notAnAnswer('The JSON is no answer of AWS'));
  }
};

const readAnswer = (answer: Answer, draft: Draft): void => {
  const { source, json } = answer;
  if (isObject(json.Error)) {
    draft.report(source, 'inventory-error', errorText(objectOf(json.Error)));
    return;
  }
  const known = COMMANDS.filter(
    ({ key, recognises }) => Array.isArray(json[key]) && (recognises?.(objectsOf(json[key]), json) ?? true),
  );
  for (const command of known) {
    draft.notePage(command.name, source, textOf(json.NextToken) !== null);
    command.read(objectsOf(json[command.key]), answer, draft);
  }
  if (known.length > 0) return;
  const keys = Object.keys(json).filter((key) => key !== 'ResponseMetadata');
  if (keys.some((key) => SET_ASIDE_KEYS.has(key))) draft.setAside++;
  else draft.report(source, 'inventory-unknown', notAnAnswer(`An object with ${keyList(keys)}`));
};

const errorText = ({ Code, Message }: JsonObject): string =>
  `AWS answered ${textOf(Code) ?? 'an error'}: ${textOf(Message) ?? 'no message.'}`;

const keyList = (keys: readonly string[]): string => {
  if (keys.length === 0) return 'no keys';
  return `the keys ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ' and more' : ''}`;
};

const notAnAnswer = (what: string): string =>
  `${what}: not the answer of ${COMMANDS.map(({ name }) => name).join(', ')}.`;

const reportConflicts = (draft: Draft): void => {
  for (const shelf of [
    draft.interfaces,
    draft.groups,
    draft.rules,
    draft.prefixLists,
    draft.servicePrefixLists,
    draft.vpcs,
    draft.subnets,
    draft.instances,
    draft.peerings,
    draft.flowLogs,
  ]) {
    for (const [sources, ids] of shelf.conflicts()) {
      const list = `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}`;
      draft.report(sources, 'inventory-conflict', `Described differently: ${list}.`);
    }
  }
};

const reportIncomplete = (draft: Draft): void => {
  for (const [command, { unfinished, finished }] of draft.pages) {
    if (finished) continue;
    draft.report(
      [...unfinished].sort().join(', '),
      'inventory-incomplete',
      `More pages of ${command} follow (NextToken), and the last one is missing.`,
    );
  }
};

const countsOf = (snapshot: InventorySnapshot, files: number, draft: Draft): InventoryCounts => ({
  files,
  documents: draft.documents,
  setAside: draft.setAside,
  rules: snapshot.groups.reduce((sum, { rules }) => sum + rules.length, 0),
  interfaces: snapshot.interfaces.length,
  groups: snapshot.groups.length,
  prefixLists: snapshot.prefixLists.length,
  vpcs: snapshot.vpcs.length,
  subnets: snapshot.subnets.length,
  instances: snapshot.instances.length,
  peerings: snapshot.peerings.length,
  flowLogs: snapshot.flowLogs.length,
});

/** By source, each once: an address may stand in two places of one interface. */
const sortedProblems = (problems: readonly InventoryProblem[]): InventoryProblem[] => {
  const byPlace = new Map(
    problems.map((problem) => [`${problem.source}\n${problem.code}\n${problem.message}`, problem]),
  );
  return [...byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem);
};
