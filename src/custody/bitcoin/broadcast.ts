import { hex } from '@scure/base';
import { Transaction } from '@scure/btc-signer';
import { ChainUnavailable, PaymentRefused, type SignedPayment } from '../chain.ts';
import type { OwnCoins } from './coins.ts';
import type { BitcoinNode } from './node.ts';
import { NodeRefusal } from './node-rpc.ts';
import type { SentPayments } from './sent-payments.ts';

/** Codes of Bitcoin Core's `rpc/protocol.h`. */
const ALREADY_IN_CHAIN = -27;
const DESERIALIZATION_ERROR = -22;

const KNOWN_ALREADY = /^txn-already-(in-mempool|known)/;
const INPUTS_MISSING = /missing|bad-txns-inputs-spent/i;
/** A transaction that breaks the rules of the chain, whatever happens; the other reasons to refuse one pass by. */
const NEVER_VALID =
  /script-verify-flag|bad-witness|bad-txns-(vin|vout|prevout|oversize|inputs-duplicate|txouttotal|in-belowout|fee)/;

/** Not now: fees have risen above what it pays, or another attempt of the same payment waits in its place. */
const NOT_NOW =
  /fee not met|insufficient fee|txn-mempool-conflict|replacement|mempool full|too-long-mempool-chain/i;

/**
 * Gives a transaction to the node. That it will never be taken is only said with the proof in hand: another transaction that spent
 * one of its coins, as deep as the exchange calls final. For whoever hears that it is refused pays anew or gives the money back.
 * What the node doesn't take now is no error: `statusOf` says that it is unknown, and it is sent again or replaced.
 * @throws {PaymentRefused} when it can never be mined
 * @throws {ChainUnavailable} when it can't be told whether it can
 */
export class Broadcast {
  readonly #node: BitcoinNode;
  readonly #coins: OwnCoins;
  readonly #sent: SentPayments;
  readonly #confirmations: number;

  constructor(node: BitcoinNode, coins: OwnCoins, sent: SentPayments, confirmations: number) {
    this.#node = node;
    this.#coins = coins;
    this.#sent = sent;
    this.#confirmations = confirmations;
  }

  async send({ txId, raw }: SignedPayment): Promise<void> {
    try {
      await this.#node.send(raw);
    } catch (error) {
      if (!(error instanceof NodeRefusal)) throw error;
      const { code, message } = error;
      if (code === ALREADY_IN_CHAIN || KNOWN_ALREADY.test(message) || NOT_NOW.test(message)) return;
      if (INPUTS_MISSING.test(message)) return this.#inputsAreMissing(txId, raw);
      if (code === DESERIALIZATION_ERROR || NEVER_VALID.test(message)) throw new PaymentRefused(message);
      throw new ChainUnavailable(`bitcoin node: it does not take ${txId} now: ${message}`, { cause: error });
    }
  }

  async #inputsAreMissing(txId: string, raw: string): Promise<void> {
    await this.#coins.refresh();
    const spender = await this.#sent.spenderOf(outpointsOf(raw));
    if (spender?.txId === txId) return;
    if (spender === undefined) {
      throw new ChainUnavailable(
        `bitcoin node: coins of ${txId} are gone, and no block that can be read says where`,
      );
    }
    // Not final yet: a reorganisation may give them back.
    if (this.#coins.height - spender.height + 1 < this.#confirmations) return;
    throw new PaymentRefused(`${txId} spends what ${spender.txId} has spent in block ${spender.height}`);
  }
}

function outpointsOf(raw: string): ReadonlySet<string> {
  const transaction = Transaction.fromRaw(hex.decode(raw), { allowUnknownOutputs: true });
  const outpoints = Array.from({ length: transaction.inputsLength }, (_, number) => {
    const { txid, index } = transaction.getInput(number);
    return `${hex.encode(txid ?? new Uint8Array())}:${index}`;
  });
  return new Set(outpoints);
}
