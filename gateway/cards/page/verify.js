"use strict";

// What a card's code says, and whether it was signed: base45 (RFC 9285), CBOR (RFC 8949), COSE_Sign1 (RFC 9052),
// Ed25519 (RFC 8032). Nothing here looks at the page.

const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const ALG = 1, CONTENT_TYPE = 3, KID = 4, EDDSA = -8, SIGN1 = 18;
const ISS = 1, EXP = 4, IAT = 6, CTI = 7, IDENTITY = 169, TAGS = -70001;
const NUMBER = 1, BORN = 8, TAG_BYTES = 8;
const LIST_TYPE = "application/vnd.returnee-gateway.withdrawn+cbor";

class Foreign extends Error {}  // nothing that we make
class Forged extends Error {}   // ours by its look, and the signature is wrong
class Unable extends Error {}   // this browser cannot tell

function need(truth) {
  if (!truth) throw new Foreign("unreadable");
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const ascii = (text) => new TextEncoder().encode(text);
const unbase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

function base45(text) {
  const bytes = [];
  need(text.length % 3 !== 1);
  for (let at = 0; at < text.length; at += 3) {
    const group = Array.from(text.slice(at, at + 3), (sign) => SIGNS.indexOf(sign));
    need(!group.includes(-1));
    const number = group[0] + 45 * group[1] + 2025 * (group[2] ?? 0);
    need(number < (group.length === 3 ? 65536 : 256));
    if (group.length === 3) bytes.push(number >> 8);
    bytes.push(number & 255);
  }
  return Uint8Array.from(bytes);
}

// --- CBOR: whole numbers, bytes, text, lists, maps and tags, all of known length -------------------------------

function cbor(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (length) => {
    need(at + length <= bytes.length);
    at += length;
    return at - length;
  };
  const size = (low) => {
    if (low < 24) return low;
    if (low === 24) return view.getUint8(take(1));
    if (low === 25) return view.getUint16(take(2));
    if (low === 26) return view.getUint32(take(4));
    need(low === 27);
    const large = Number(view.getBigUint64(take(8)));
    need(Number.isSafeInteger(large));
    return large;
  };
  const item = (depth) => {
    need(depth < 8);
    const first = view.getUint8(take(1)), length = size(first & 31);
    switch (first >> 5) {
      case 0: return length;
      case 1: return -1 - length;
      case 2: return bytes.subarray(take(length), at);
      case 3: return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(take(length), at));
      case 4: { const list = []; while (list.length < length) list.push(item(depth + 1)); return list; }
      case 5: {
        const map = new Map();
        for (let left = length; left; left--) {
          const key = item(depth + 1);
          need(!map.has(key));
          map.set(key, item(depth + 1));
        }
        return map;
      }
      case 6: return { tag: length, value: item(depth + 1) };
      default: return need(false);
    }
  };
  const value = item(0);
  need(at === bytes.length);
  return value;
}

function bytesHead(length) {
  if (length < 24) return [0x40 | length];
  if (length < 256) return [0x58, length];
  if (length < 65536) return [0x59, length >> 8, length & 255];
  return [0x5a, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
}

// --- signatures ------------------------------------------------------------------------------------------------

// Returns payload and signature of what one of `keys` (a Map from the key's name in hex to its bytes) has signed.
async function opened(signed, keys, contentType) {
  const message = cbor(signed);
  need(message instanceof Object && message.tag === SIGN1 && Array.isArray(message.value));
  const [guarded, , payload, signature] = message.value;
  need([guarded, payload, signature].every((part) => part instanceof Uint8Array) && message.value.length === 4);
  const header = cbor(guarded);
  need(header instanceof Map && header.get(ALG) === EDDSA && header.get(CONTENT_TYPE) === contentType);
  const kid = header.get(KID);
  need(kid instanceof Uint8Array && keys.has(hex(kid)));
  const covered = joined(
    [0x84, 0x6a], ascii("Signature1"), bytesHead(guarded.length), guarded, [0x40], bytesHead(payload.length), payload);
  if (!(await good(keys.get(hex(kid)), signature, covered))) throw new Forged("signature");
  return { payload: cbor(payload), signature };
}

async function good(key, signature, message) {
  if (!globalThis.crypto?.subtle) throw new Unable("no WebCrypto");
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    return byHand(key, signature, message);
  }
  return crypto.subtle.verify("Ed25519", imported, signature, message);
}

// Ed25519 for browsers that lack it. Nothing here is secret, so that it need not take equal time.
const P = (1n << 255n) - 19n, L = (1n << 252n) + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const ROOT = 19681161376707505956807079304988542015446066515923890162744021073123829784752n;
const BASE = [
  15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  46316835694926478169428394003475163141307993866256225615783033603165251855960n];

const mod = (number) => ((number % P) + P) % P;
const little = (bytes) => bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);

function power(base, exponent) {
  let result = 1n;
  for (; exponent; exponent >>= 1n, base = base * base % P) if (exponent & 1n) result = result * base % P;
  return result;
}

function pointOf(bytes) {
  const odd = bytes[31] >> 7, y = little(bytes) & ((1n << 255n) - 1n);
  const u = mod(y * y - 1n), v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n) % P, (P - 5n) / 8n));
  if (mod(v * x * x - u)) x = x * ROOT % P;
  if (mod(v * x * x - u) || y >= P || (!x && odd)) return null;
  return extended(Number(x & 1n) === odd ? x : P - x, y);
}

const extended = (x, y) => [x, y, 1n, mod(x * y)];

function sum([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2)), c = mod(2n * t1 * t2 * D), d = mod(2n * z1 * z2);
  const e = b - a, f = d - c, g = d + c, h = b + a;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(scalar, point) {
  let result = extended(0n, 1n);
  for (; scalar; scalar >>= 1n, point = sum(point, point)) if (scalar & 1n) result = sum(result, point);
  return result;
}

async function byHand(key, signature, message) {
  if (signature.length !== 64) return false;
  const half = signature.subarray(0, 32), s = little(signature.subarray(32)), owner = pointOf(key);
  if (!owner || s >= L) return false;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", joined(half, key, message)));
  const [x, y, z, t] = times(little(digest) % L, owner);
  const [wideX, wideY, scale] = sum(times(s, extended(...BASE)), [mod(-x), y, z, mod(-t)]);
  const shrink = power(scale, P - 2n), flatX = mod(wideX * shrink), flatY = mod(wideY * shrink);
  return little(half) === (flatY | ((flatX & 1n) << 255n));
}

// --- cards and lists -------------------------------------------------------------------------------------------

// What a code says: number, birth year, issued and expires (seconds), and the tag that a list names it by.
async function readCard(text, keys) {
  const { payload, signature } = await opened(coded(text), keys, undefined);
  need(payload instanceof Map && payload.get(IDENTITY) instanceof Map);
  const identity = payload.get(IDENTITY);
  const tag = payload.get(CTI) ?? new Uint8Array(await crypto.subtle.digest("SHA-256", signature)).subarray(0, TAG_BYTES);
  const card = {
    number: identity.get(NUMBER), born: identity.get(BORN) ?? "", tag: hex(tag),
    issued: payload.get(IAT), expires: payload.get(EXP),
  };
  need(typeof card.number === "string" && Number.isInteger(card.issued) && Number.isInteger(card.expires));
  return card;
}

// A space is a sign of base45, and the ends of a text lose theirs when it is copied.
function coded(text) {
  const line = text.replace(/[\r\n\t]/g, "").toUpperCase();
  for (const each of [line, line.trim(), `${line} `, ` ${line}`]) {
    try {
      const bytes = base45(each);
      cbor(bytes);
      return bytes;
    } catch { /* the next reading */ }
  }
  throw new Foreign("unreadable");
}

async function readList(signed, keys) {
  const { payload } = await opened(signed, keys, LIST_TYPE);
  const tags = payload instanceof Map ? payload.get(TAGS) : undefined;
  need(tags instanceof Uint8Array && tags.length % TAG_BYTES === 0 && Number.isInteger(payload.get(IAT)));
  const names = new Set();
  for (let at = 0; at < tags.length; at += TAG_BYTES) names.add(hex(tags.subarray(at, at + TAG_BYTES)));
  return { issuer: payload.get(ISS), issued: payload.get(IAT), names };
}

// One of: signed, expired, withdrawn, forged, foreign, no_check. Never that a card is good: nobody here can know.
async function judged(text, keys, list, now) {
  try {
    const card = await readCard(text, keys);
    if (list.names.has(card.tag)) return { verdict: "withdrawn", card };
    return { verdict: card.expires <= now ? "expired" : "signed", card };
  } catch (error) {
    if (error instanceof Forged) return { verdict: "forged" };
    if (error instanceof Unable) return { verdict: "no_check" };
    return { verdict: "foreign" };
  }
}
