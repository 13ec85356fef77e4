/**
 * Lines of text, fast. A line is a row of fixed texts with varying values between them; the fixed ones are the same for
 * all records of a leg and made once, numbers up to 65,535 come from a table, times are turned into text once per window.
 */
import { fixedValue, isVarying, textOf, type Varying, versionOf } from './encode.ts';
import type { Leg } from './path.ts';
import type { Window } from './sink.ts';

const NUMBER_TEXT: readonly string[] = Array.from({ length: 65536 }, (_, value) => String(value));

const numberText = (value: number): string => (value < 65536 ? (NUMBER_TEXT[value] as string) : String(value));

export class LineEncoder {
  readonly fields: readonly string[];
  readonly version: number;
  /** Varying fields in the order of the line. */
  readonly #slots: readonly Varying[];

  constructor(fields: readonly string[]) {
    this.fields = fields;
    this.version = versionOf(fields);
    this.#slots = fields.filter(isVarying);
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
    leg.text ??= this.#fixedTexts(leg);
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

  /** Texts before, between and after the varying values. */
  #fixedTexts(leg: Leg): readonly string[] {
    const texts: string[] = [];
    let text = '';
    for (const [index, name] of this.fields.entries()) {
      if (index > 0) text += ' ';
      if (isVarying(name)) {
        texts.push(text);
        text = '';
      } else text += textOf(fixedValue(leg, name, this.version));
    }
    texts.push(`${text}\n`);
    return texts;
  }
}
