/** What the answers of one capture say, before it is put together to a snapshot. */
import type {
  FlowLogConfiguration,
  Instance,
  NetworkInterface,
  PeeringConnection,
  PrefixList,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from './model.ts';
import { INVENTORY_PROBLEMS, type InventoryProblem, type InventoryProblemCode } from './problems.ts';
import { Shelf } from './shelf.ts';

/** A group whose rules come from describe-security-group-rules alone: what those say about it. */
export interface GroupHint {
  readonly id: string;
  readonly accountId: string | null;
  readonly region: string | null;
}

export class Draft {
  readonly interfaces = new Shelf<NetworkInterface>();
  /** With the rules of describe-security-groups, whose ids are hashes. */
  readonly groups = new Shelf<SecurityGroup>();
  /** Of describe-security-group-rules. */
  readonly rules = new Shelf<SecurityGroupRule>();
  readonly groupHints = new Shelf<GroupHint>();
  /** Of describe-managed-prefix-lists: without entries. */
  readonly prefixLists = new Shelf<PrefixList>();
  /** Of describe-prefix-lists: with entries. */
  readonly servicePrefixLists = new Shelf<PrefixList>();
  /** Of get-managed-prefix-list-entries: descriptions by prefix, by list. Pages add up. */
  readonly prefixListEntries = new Map<string, Map<string, string>>();
  readonly vpcs = new Shelf<Vpc>();
  readonly subnets = new Shelf<Subnet>();
  readonly instances = new Shelf<Instance>();
  readonly peerings = new Shelf<PeeringConnection>();
  readonly flowLogs = new Shelf<FlowLogConfiguration>();
  /** Names of groups as interfaces tell them, for groups without an answer of their own. */
  readonly groupNames = new Map<string, string>();
  /** Regions of VPCs, as the zones of what is in them tell. */
  readonly vpcRegions = new Map<string, string>();
  /** By command: the sources of pages that say more follows, and whether a last page was seen. */
  readonly pages = new Map<string, { readonly unfinished: Set<string>; finished: boolean }>();
  readonly problems: InventoryProblem[] = [];
  documents = 0;
  setAside = 0;

  /** `what` is wrong, as a sentence with its place; the remedy of the code is added. */
  report(source: string, code: InventoryProblemCode, what: string): void {
    this.problems.push({ source, code, message: `${what} ${INVENTORY_PROBLEMS[code].remedy}` });
  }

  noteVpcRegion(vpcId: string | null, region: string | null): void {
    note(this.vpcRegions, vpcId, region);
  }

  noteGroupName(groupId: string | null, groupName: string | null): void {
    note(this.groupNames, groupId, groupName);
  }

  notePage(command: string, source: string, unfinished: boolean): void {
    const pages = this.pages.get(command) ?? { unfinished: new Set<string>(), finished: false };
    if (unfinished) pages.unfinished.add(source);
    else pages.finished = true;
    this.pages.set(command, pages);
  }
}

/** Of two texts for one id the greater is kept: what is read first must not matter. */
const note = (texts: Map<string, string>, id: string | null, text: string | null): void => {
  if (id !== null && text !== null && text >= (texts.get(id) ?? '')) texts.set(id, text);
};
