#!/usr/bin/env node
// Checks that a customer's balances are part of what the exchange says it owes. It needs plain Node.js and nothing else:
//   node verify-liability.mjs my-proof.json root.json
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

function bytes32(hex, what) {
  if (typeof hex !== 'string' || !/^[0-9a-f]{64}$/.test(hex))
    throw new Error(`${what} is not 32 bytes in hex`);
  return Buffer.from(hex, 'hex');
}

function whole(number, limit, what) {
  if (!Number.isSafeInteger(number) || number < 0 || number >= limit)
    throw new Error(`${what} is no such number`);
  return number;
}

// One amount of each asset, without a sign: nothing negative can be hidden in a sum.
function amounts(texts, count, what) {
  if (!Array.isArray(texts) || texts.length !== count)
    throw new Error(`${what}: not one amount of each asset`);
  return texts.map((text) => {
    if (typeof text !== 'string' || !/^(0|[1-9][0-9]{0,38})$/.test(text))
      throw new Error(`${what}: not an amount`);
    if (BigInt(text) >> 128n) throw new Error(`${what}: an amount is too large`);
    return BigInt(text);
  });
}

// Each amount as 16 bytes, big-endian.
const packed = (sums) => Buffer.from(sums.map((sum) => sum.toString(16).padStart(32, '0')).join(''), 'hex');

/** @throws Error that says what is wrong; returns nothing when the proof is good. */
export function verifyLiability(proof, root) {
  if (root.type !== 'bourse.liabilities.v1') throw new Error('the root is of another kind');
  if (proof.type !== 'bourse.liability-proof.v1') throw new Error('the proof is of another kind');
  const { assets, batchNo, logHash, type } = root;
  if (!Array.isArray(assets) || new Set(assets.map(([symbol]) => symbol)).size !== assets.length)
    throw new Error('an asset is named twice');
  bytes32(logHash, 'the hash of the log');
  const context = sha256(
    JSON.stringify({ assets, batchNo: whole(batchNo, Infinity, 'the batch'), logHash, type }),
  );
  const depth = whole(root.depth, 41, 'the depth');
  if (!Array.isArray(proof.siblings) || proof.siblings.length !== depth)
    throw new Error('the proof is not as long as the tree is deep');
  let place = whole(proof.index, 2 ** depth, 'the place');

  const account = Buffer.alloc(8);
  account.writeBigUInt64BE(BigInt(whole(proof.account, Infinity, 'the account')));
  let sums = amounts(proof.amounts, assets.length, 'the balances');
  let hash = sha256(Buffer.of(0), context, account, bytes32(proof.salt, 'the salt'), packed(sums));
  for (const sibling of proof.siblings) {
    const mine = [hash, packed(sums)];
    const otherSums = amounts(sibling.sums, assets.length, 'a neighbour');
    const others = [bytes32(sibling.hash, 'a neighbour'), packed(otherSums)];
    const [left, right] = place % 2 === 0 ? [mine, others] : [others, mine];
    hash = sha256(Buffer.of(1), context, ...left, ...right);
    sums = sums.map((sum, asset) => sum + otherSums[asset]);
    if (sums.some((sum) => sum >> 128n)) throw new Error('a sum is too large');
    place = Math.floor(place / 2);
  }
  const totals = amounts(root.totals, assets.length, 'the totals');
  if (!hash.equals(bytes32(root.hash, 'the root'))) throw new Error('the proof does not lead to this root');
  if (totals.some((total, asset) => total !== sums[asset])) throw new Error('the totals are others');
}

function human(minor, scale) {
  const digits = minor.padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const [proof, root] = process.argv.slice(2, 4).map((file) => JSON.parse(readFileSync(file, 'utf8')));
    if (root === undefined) throw new Error('usage: node verify-liability.mjs PROOF ROOT');
    verifyLiability(proof, root);
    console.log(`Good: account ${proof.account} is part of what is owed as of batch ${root.batchNo}.`);
    console.log('Compare these balances with yours, and the root with what others were given:');
    root.assets.forEach(([symbol, scale], index) => {
      console.log(`  ${human(proof.amounts[index], scale)} ${symbol} of ${human(root.totals[index], scale)}`);
    });
    console.log(`  root ${root.hash}`);
  } catch (error) {
    console.error(`Not good: ${error.message}`);
    process.exitCode = 1;
  }
}
