/**
 * Lines of text, fast. A line is a row of fixed texts with varying values between them; the fixed ones are the same for
 * all records of a leg and made once, numbers up to 65,535 come from a table, times are turned into text once per window.
 */
import { fixedValue, hostValue, isVarying, textOf, type Varying, versionOf } from './encode.ts';
import type { Host } from './host.ts';
import type { Leg } from './path.ts';
import type { Window } from './sink.ts';

const NUMBER_TEXT: readonly string[] = Array.from({ length: 65536 }, (_, value) => String(value));

const numberText = (value: number): string => (value < 65536 ? (NUMBER_TEXT[value] as string) : String(value));

export class LineEncoder {
  readonly fields: readonly string[];
  readonly version: number;
  /** Varying fields in the order of the line. */
  readonly #slots: readonly Varying[];
  readonly #statusSlots: readonly string[];
  readonly #statusTexts = new Map<Host, readonly string[]>();

  constructor(fields: readonly string[]) {
    this.fields = fields;
    this.version = versionOf(fields);
    this.#slots = fields.filter(isVarying);
    this.#statusSlots = fields.filter(isStatusVarying);
  }

  /** One record with a line feed at its end. */
  encode(
    leg: Leg,
    srcPort: number,
    dstPort: number,
    packets: number,
    bytes: number,
    tcpFlags: number,
    window: Window,
    accepted: boolean,
  ): string {
    leg.text ??= textsAround(this.fields, isVarying, (name) => textOf(fixedValue(leg, name, this.version)));
    const fixed = leg.text;
    const slots = this.#slots;
    let line = fixed[0] as string;
    for (let i = 0; i < slots.length; i++) {
      switch (slots[i]) {
        case 'srcport':
          line += numberText(srcPort);
          break;
        case 'dstport':
          line += numberText(dstPort);
          break;
        case 'packets':
          line += numberText(packets);
          break;
        case 'bytes':
          line += numberText(bytes);
          break;
        case 'tcp-flags':
          line += numberText(tcpFlags);
          break;
        case 'start':
          line += window.startText ??= String(window.start);
          break;
        case 'end':
          line += window.endText ??= String(window.end);
          break;
        default:
          line += accepted ? 'ACCEPT' : 'REJECT';
      }
      line += fixed[i + 1] as string;
    }
    return line;
  }

  /** One NODATA or SKIPDATA record with a line feed at its end. */
  encodeStatus(host: Host, window: Window, logStatus: string): string {
    let fixed = this.#statusTexts.get(host);
    if (fixed === undefined) {
      fixed = textsAround(this.fields, isStatusVarying, (name) => textOf(hostValue(host, name, this.version)));
      this.#statusTexts.set(host, fixed);
    }
    let line = fixed[0] as string;
    for (const [index, slot] of this.#statusSlots.entries()) {
      if (slot === 'start') line += window.startText ??= String(window.start);
      else if (slot === 'end') line += window.endText ??= String(window.end);
      else line += logStatus;
      line += fixed[index + 1] as string;
    }
    return line;
  }
}

const isStatusVarying = (name: string): boolean => name === 'start' || name === 'end' || name === 'log-status';

/** Texts before, between and after the values that vary; the last ends the line. */
function textsAround(
  fields: readonly string[],
  varies: (name: string) => boolean,
  textIn: (name: string) => string,
): readonly string[] {
  const texts: string[] = [];
  let text = '';
  for (const [index, name] of fields.entries()) {
    if (index > 0) text += ' ';
    if (varies(name)) {
      texts.push(text);
      text = '';
    } else text += textIn(name);
  }
  texts.push(`${text}\n`);
  return texts;
}
