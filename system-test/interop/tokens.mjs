/** Tokens that an edge has to refuse, made from a good one. */
import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { check } from './lib.mjs';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

/** The same claims under a signature that is not the issuer's. */
export function wronglySigned(token) {
  const [header, claims, signature] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[Math.floor(bytes.length / 2)] ^= 0x01;
  return `${header}.${claims}.${bytes.toString('base64url')}`;
}

/** Another user's claims under this user's signature. */
export function withAnotherUser(token, user) {
  const [header, claims, signature] = token.split('.');
  return `${header}.${encode({ ...decode(claims), sub: user })}.${signature}`;
}

export function unsigned(token) {
  return `${encode({ alg: 'none', typ: 'JWT' })}.${token.split('.')[1]}.`;
}

/**
 * The same token, signed anew with the development key, with other claims.
 *
 * @param {string} keyFile a JWK set with the private key that the stack signs with
 */
export function resigned(token, keyFile, changes) {
  const header = decode(token.split('.')[0]);
  const claims = { ...decode(token.split('.')[1]), ...changes };
  const { keys } = JSON.parse(readFileSync(keyFile, 'utf8'));
  const jwk = keys.find((key) => key.d && (header.kid === undefined || key.kid === header.kid));
  check(jwk, `no private key ${header.kid ?? ''} in the key file`);
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${signature(header.alg, jwk, signed).toString('base64url')}`;
}

function signature(alg, jwk, text) {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  switch (alg) {
    case 'EdDSA':
      return sign(null, Buffer.from(text), key);
    case 'ES256':
      return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
    default:
      check(alg === 'RS256', `a token signed with ${alg}`);
      return sign('sha256', Buffer.from(text), key);
  }
}
