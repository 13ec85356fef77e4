/** IANA protocol numbers and the names people and AWS use for them. */

/** The names of "Assigned Internet Protocol Numbers", lower case, by number; the ones EC2 names differ are EC2's. */
const NAMES: readonly (string | null)[] = (
  'hopopt icmp igmp ggp ipv4 st tcp cbt egp igp bbn-rcc-mon nvp-ii pup argus emcon xnet chaos udp mux dcn-meas hmp ' +
  'prm xns-idp trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp merit-inp dccp 3pc idpr xtp ddp idpr-cmtp ' +
  'tp++ il ipv6 sdrp ipv6-route ipv6-frag idrp rsvp gre dsr bna esp ah i-nlsp swipe narp min-ipv4 tlsp skip icmpv6 ' +
  'ipv6-nonxt ipv6-opts - cftp - sat-expak kryptolan rvd ippc - sat-mon visa ipcv cpnx cphb wsn pvp br-sat-mon sun-nd ' +
  'wb-mon wb-expak iso-ip vmtp secure-vmtp vines ttp nsfnet-igp dgp tcf eigrp ospf sprite-rpc larp mtp ax.25 ipip micp ' +
  'scc-sp etherip encap - gmtp ifmp pnni pim aris scps qnx a/n ipcomp snp compaq-peer ipx-in-ip vrrp pgm - l2tp ddx ' +
  'iatp stp srp uti smp sm ptp isis fire crtp crudp sscopmce iplt sps pipe sctp fc rsvp-e2e-ignore mobility-header ' +
  'udplite mpls-in-ip manet hip shim6 wesp rohc ethernet aggfrag nsh'
)
  .split(' ')
  .map((name) => (name === '-' ? null : name));

const ALIASES: Readonly<Record<string, number>> = {
  'ipv6-icmp': 58,
  icmp6: 58,
  'ip-in-ip': 4,
  ospfigp: 89,
  'udp-lite': 136,
};

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...NAMES.flatMap((name, number): [string, number][] => (name === null ? [] : [[name, number]])),
  ...Object.entries(ALIASES),
]);

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;

/** Name in any case, or number as text, to the number 0 to 255; null where it is neither. */
export function protocolNumber(text: string): number | null {
  const named = NUMBERS.get(text.toLowerCase());
  if (named !== undefined) return named;
  if (!/^[0-9]{1,3}$/.test(text)) return null;
  const number = Number(text);
  return number <= 255 ? number : null;
}

/** `tcp` for 6; the number as text where IANA assigned no name. */
export function protocolName(number: number): string {
  return NAMES[number] ?? String(number);
}

/** As EC2 keeps it in rules: four protocols by name, all others by number. */
export function ec2Protocol(number: number): string {
  const name = protocolName(number);
  return ['icmp', 'tcp', 'udp', 'icmpv6'].includes(name) ? name : String(number);
}

/** Whether records and rules of the protocol carry ports. Others have port 0 in flow logs, and EC2 ignores theirs. */
export function hasPorts(number: number): boolean {
  return number === TCP || number === UDP;
}

/** Whether From and To of a rule of this protocol are an ICMP type and code. */
export function isIcmp(number: number): boolean {
  return number === ICMP || number === ICMPV6;
}
