/** Keys that sign certificates: Ed25519, as PEM files. Node's crypto does the work. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Envelope, preAuthenticationEncoding } from '@flowfit/core/certificate/envelope';
import { PAYLOAD_TYPE } from '@flowfit/core/certificate/statement';
import { CliError } from '../errors.ts';

/** A new pair: PKCS#8 and SPKI, PEM. */
export const generateKeys = (): { readonly privateKey: string; readonly publicKey: string } =>
  generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

/** SHA-256 of the public key as SPKI (DER), hexadecimal. */
export const keyIdOf = (key: KeyObject): string => {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
};

/** @throws CliError `key-invalid` */
export const readPrivateKey = (path: string): Promise<KeyObject> =>
  readKey(path, createPrivateKey, 'Name the file that "flowfit keygen FILE" wrote as FILE.');

/** @throws CliError `key-invalid` */
export const readPublicKey = (path: string): Promise<KeyObject> =>
  readKey(
    path,
    (text) => {
      // Node would take the public part of it; whoever sends it by mistake should be told.
      if (text.includes('PRIVATE KEY'))
        throw new WrongHalf('it is a private key, which nobody but its owner should have');
      return createPublicKey(text);
    },
    'Name the file that "flowfit keygen FILE" wrote as FILE.pub.',
  );

const readKey = async (path: string, parse: (text: string) => KeyObject, remedy: string): Promise<KeyObject> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CliError('key-invalid', `The key ${path} cannot be read (${error.code}).`, { remedy });
  });
  const fault = (reason: string): CliError =>
    new CliError('key-invalid', `${path} is not an Ed25519 key in PEM: ${reason}.`, { remedy });
  const key = parseKey(text, parse, fault);
  if (key.asymmetricKeyType !== 'ed25519') throw fault(`it is of type ${key.asymmetricKeyType}`);
  return key;
};

/** What OpenSSL says of other texts helps nobody. */
const parseKey = (text: string, parse: (text: string) => KeyObject, fault: (reason: string) => CliError): KeyObject => {
  try {
    return parse(text);
  } catch (error) {
    throw fault(error instanceof WrongHalf ? error.message : 'it cannot be read as a key of this kind');
  }
};

/** A private key where the public one is asked for. */
class WrongHalf extends Error {}

export const signText = (text: string, key: KeyObject): Envelope => {
  const payload = Buffer.from(text);
  const sig = sign(null, preAuthenticationEncoding(PAYLOAD_TYPE, payload), key).toString('base64');
  return {
    payload: payload.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid: keyIdOf(key), sig }],
  };
};

/** Whether one of the signatures is of this key. Ids are hints: nothing is concluded from them. */
export const isSignedBy = ({ payload, payloadType, signatures }: Envelope, key: KeyObject): boolean => {
  const signed = preAuthenticationEncoding(payloadType, Buffer.from(payload, 'base64'));
  return signatures.some(({ sig }) => verify(null, signed, key, Buffer.from(sig, 'base64')));
};
