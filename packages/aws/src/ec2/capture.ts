/** The inventory of an account and region, captured through the EC2 API. */
import type { EC2Client } from '@aws-sdk/client-ec2';
import { FlowfitError } from '@flowfit/core/errors';
import type { NetworkInterface } from '@flowfit/core/inventory/model';
import { type InventoryFile, type InventoryRead, readInventory } from '@flowfit/core/inventory/read';
import { errorCode, errorMessage } from '../errors.ts';
import {
  CAPTURE_COMMANDS,
  type CaptureCommand,
  networkInterfacesOf,
  type Page,
  prefixListEntries,
} from './commands.ts';

/** A call that failed although the rest of the capture is of use without it. */
export interface CaptureFailure {
  readonly region: string;
  /** As in `aws ec2 <command>`; also the permission that is missing, where that is the reason. */
  readonly command: string;
  /** AWS's code, such as `UnauthorizedOperation`. */
  readonly code: string;
  readonly message: string;
}

export interface InventoryCapture extends InventoryRead {
  /** The answers as the AWS CLI would have printed them, a file for each page: what the snapshot was read from. */
  readonly files: readonly InventoryFile[];
  readonly failures: readonly CaptureFailure[];
}

export interface CaptureOptions {
  /** ISO 8601, UTC: taken before the first call, so that no change is dated too early. */
  readonly capturedAt: string;
  /** After every page: for progress. */
  readonly onPage?: (region: string, command: string, page: number) => void;
}

/**
 * Captures the regions of the clients, one call at a time: EC2 counts calls against a bucket that all tools of the
 * account share. Throws a `FlowfitError` (`capture-failed`) if interfaces, groups or rules cannot be read; what else
 * fails is listed, and the snapshot is the poorer for it.
 */
export const captureInventory = async (
  clients: EC2Client | readonly EC2Client[],
  options: CaptureOptions,
): Promise<InventoryCapture> => {
  const files: InventoryFile[] = [];
  const failures: CaptureFailure[] = [];
  for (const client of [clients].flat() as EC2Client[]) {
    const capture = new RegionCapture(client, await client.config.region(), options.onPage);
    await capture.run();
    files.push(...capture.files);
    failures.push(...capture.failures);
  }
  return { ...readInventory(files, { capturedAt: options.capturedAt }), files, failures };
};

/** The interfaces of some ids, by one filtered call for every 200; ids that no longer exist are absent. */
export const findInterfaces = async (client: EC2Client, ids: readonly string[]): Promise<NetworkInterface[]> => {
  const files: InventoryFile[] = [];
  for (let from = 0; from < ids.length; from += FILTER_LIMIT) {
    const { pages } = networkInterfacesOf(ids.slice(from, from + FILTER_LIMIT));
    for await (const page of pages(client)) files.push(toFile('find-interfaces', page));
  }
  return [...readInventory(files, { capturedAt: new Date(0).toISOString() }).snapshot.interfaces];
};

/** Values of one filter. */
const FILTER_LIMIT = 200;

/** The page as a file of the AWS CLI: what concerns the call alone is dropped, as the CLI does when it joins pages. */
const toFile = (source: string, { $metadata: _, NextToken: __, ...answer }: Page): InventoryFile => ({
  source,
  text: JSON.stringify(answer),
});

class RegionCapture {
  readonly files: InventoryFile[] = [];
  readonly failures: CaptureFailure[] = [];
  readonly #client: EC2Client;
  readonly #region: string;
  readonly #onPage: CaptureOptions['onPage'];

  constructor(client: EC2Client, region: string, onPage: CaptureOptions['onPage']) {
    this.#client = client;
    this.#region = region;
    this.#onPage = onPage;
  }

  async run(): Promise<void> {
    for (const command of CAPTURE_COMMANDS) await this.#call(command, command.name);
    for (const id of this.#prefixListsToRead()) {
      await this.#call(prefixListEntries(id), `get-managed-prefix-list-entries-${id}`);
    }
  }

  /** All pages of a call or none: half an answer would pass for a whole one. */
  async #call(command: CaptureCommand, name: string): Promise<void> {
    const pages: InventoryFile[] = [];
    try {
      for await (const page of command.pages(this.#client)) {
        pages.push(toFile(`${this.#region}/${name}-${pages.length + 1}.json`, page));
        this.#onPage?.(this.#region, command.name, pages.length);
      }
      this.files.push(...pages);
    } catch (cause) {
      const failure = {
        region: this.#region,
        command: command.name,
        code: errorCode(cause),
        message: errorMessage(cause),
      };
      if (command.required) throw captureFailed(failure, cause);
      this.failures.push(failure);
    }
  }

  /** Those that a rule names, and the account's own: AWS's other lists (some twenty per region) are in nobody's way. */
  #prefixListsToRead(): string[] {
    const { snapshot } = readInventory(this.files, { capturedAt: new Date(0).toISOString() });
    const named = snapshot.groups
      .flatMap(({ rules }) => rules)
      .flatMap(({ peer }) => (peer.kind === 'prefix-list' ? [peer.prefixListId] : []));
    const own = snapshot.prefixLists.filter(({ ownerId }) => ownerId !== null && ownerId !== 'AWS').map(({ id }) => id);
    return [...new Set([...named, ...own])].sort();
  }
}

const captureFailed = ({ region, command, code, message }: CaptureFailure, cause: unknown): FlowfitError =>
  new FlowfitError(
    'capture-failed',
    `Cannot capture ${region}: aws ec2 ${command} answered ${code}: ${message} ` +
      'The caller needs the actions that the how-to on inventory lists, and the network must reach EC2.',
    { cause },
  );
