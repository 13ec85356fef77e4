/** DSSE, the envelope of signed in-toto statements: https://github.com/secure-systems-lab/dsse, protocol 1.0. */

export interface Envelope {
  /** Base64 of the document. */
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/**
 * What is signed: type and document, each after its length in bytes, so that neither can pass for a part of the other.
 */
export const preAuthenticationEncoding = (type: string, payload: Uint8Array): Uint8Array => {
  const encoder = new TextEncoder();
  const head = encoder.encode(`DSSEv1 ${encoder.encode(type).length} ${type} ${payload.length} `);
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
};
