import type { DatabasePool } from 'slonik';
import type { CreditCommand, Exchange } from '../../actors/ports.ts';
import {
  dropBlocksAbove,
  listCreditable,
  listReadBlocks,
  markCredited,
  type ReadBlock,
  type StoredTransfer,
  storeBlock,
} from '../../db/custody/chain-transfers.ts';
import { formatDecimal } from '../../domain/money.ts';
import type { Result } from '../../domain/rejection.ts';
import { TREASURY_ACCOUNT } from '../../domain/trade.ts';
import type { Chain, ChainBlock, ChainTransfer } from '../chain.ts';
import type { CustodyLog } from '../custody-log.ts';
import type { AddressOwner, OurAddresses } from './our-addresses.ts';

export interface WatcherPorts {
  readonly pool: DatabasePool;
  readonly exchange: Pick<Exchange, 'catalog'> & { credit(command: CreditCommand): Promise<Result<unknown>> };
  readonly addresses: OurAddresses;
  /** What a transaction of ours was for; undefined: it is somebody else's. */
  purposeOf(txId: string): Promise<'withdrawal' | 'consolidation' | undefined>;
  /** Least that is credited of an asset; undefined: it isn't taken. */
  minDepositMinor(assetId: number): bigint | undefined;
  readonly log: CustodyLog;
  readonly now: () => number;
}

/** Blocks that are remembered beyond what the network calls final: so far back a fork is found without reading all again. */
const SPARE_BLOCKS = 50;
/** Blocks in a look, so that others get their turn while a network is caught up with. */
const BLOCKS_A_LOOK = 200;

/**
 * Reads a network block after block and credits what arrived once it is deep enough. What was stored and credited is in the
 * database, so that it goes on where it was after a crash; a deposit is named by its transaction, so that the ledger takes it
 * once, however often it is tried and in however many blocks it was.
 */
export class DepositWatcher {
  readonly #chain: Chain;
  readonly #ports: WatcherPorts;
  #tipHeight: number | undefined;

  constructor(chain: Chain, ports: WatcherPorts) {
    this.#chain = chain;
    this.#ports = ports;
  }

  /** Height of the newest block of the network that was read; undefined before the first. */
  get tipHeight(): number | undefined {
    return this.#tipHeight;
  }

  /** @throws ChainUnavailable */
  async look(): Promise<void> {
    await this.#ports.addresses.refresh();
    const { network } = this.#chain;
    const read = [...(await listReadBlocks(this.#ports.pool, network))];
    const tip = await this.#chain.tipHeight();
    if (read.length === 0 && tip >= 0) await this.#begin(tip);
    for (let count = 0; count < BLOCKS_A_LOOK; count += 1) {
      const last = read[0];
      const block = await this.#blockAt(last === undefined ? this.#firstHeight(tip) : last.height + 1);
      if (block === undefined) {
        // A chain that became shorter: its end is not the block that was read last.
        if (last !== undefined && (await this.#blockAt(last.height))?.hash !== last.hash) {
          await this.#stepBack(read);
          continue;
        }
        break;
      }
      if (last !== undefined && block.parentHash !== last.hash) {
        await this.#stepBack(read);
        continue;
      }
      await this.#take(block);
      read.unshift(block);
      read.length = Math.min(read.length, this.#keptBlocks);
    }
    this.#tipHeight = read[0]?.height ?? this.#tipHeight;
    await this.#credit();
  }

  get #keptBlocks(): number {
    return this.#chain.confirmations + SPARE_BLOCKS;
  }

  /** Before the first address was given out nothing can have arrived: a new exchange begins near the end of a chain. */
  #firstHeight(tip: number): number {
    return Math.max(0, tip - this.#chain.confirmations);
  }

  async #begin(tip: number): Promise<void> {
    this.#ports.log.info(
      { network: this.#chain.network, height: this.#firstHeight(tip) },
      'deposits are watched from this block on',
    );
  }

  /**
   * A block may pay to an address that was given out after the look began: the addresses are asked for again once it is there,
   * since all that it pays to was given out before it was made.
   */
  async #blockAt(height: number): Promise<ChainBlock | undefined> {
    const { addresses } = this.#ports;
    for (;;) {
      const block = await this.#chain.blockAt(height, (address) => addresses.owner(address) !== undefined);
      if (block === undefined || !(await addresses.refresh())) return block;
    }
  }

  /** Forgets the newest block that was read: it is no longer part of the chain. */
  async #stepBack(read: ReadBlock[]): Promise<void> {
    const { pool, log } = this.#ports;
    const { network } = this.#chain;
    const gone = read.shift()!;
    const lost = await dropBlocksAbove(pool, network, gone.height - 1);
    log.warn({ network, height: gone.height, hash: gone.hash }, 'a block is no longer part of the chain');
    for (const transfer of lost)
      log.error(
        {
          network,
          txId: transfer.txId,
          accountId: transfer.accountId,
          amountMinor: String(transfer.amountMinor),
        },
        'a credited deposit is no longer in the chain: it is not credited again when it comes back',
      );
  }

  async #take(block: ChainBlock): Promise<void> {
    const { pool, now, purposeOf } = this.#ports;
    const stored: Parameters<typeof storeBlock>[3][number][] = [];
    for (const transfer of block.transfers) {
      const owner = this.#ports.addresses.owner(transfer.address);
      if (owner === undefined || transfer.amountMinor <= 0n) continue;
      // What we move among our own addresses is no news, nor is change; but a withdrawal may be to a deposit address.
      const purpose = await purposeOf(transfer.txId);
      if (purpose === 'consolidation' || (purpose === 'withdrawal' && owner.assetId === null)) continue;
      const assetId = this.#assetOf(transfer, owner);
      if (assetId === undefined) continue;
      const { txId, outputIndex, address, amountMinor } = transfer;
      const { accountId } = owner;
      stored.push({ txId, outputIndex, address, amountMinor, assetId, accountId, detectedAtMs: now() });
    }
    await storeBlock(pool, this.#chain.network, block, stored, this.#keptBlocks);
  }

  /** undefined: an asset that the exchange doesn't have, or another one than the address is for. */
  #assetOf({ asset: symbol, address, txId }: ChainTransfer, owner: AddressOwner): number | undefined {
    const asset = this.#ports.exchange.catalog().asset(symbol);
    if (asset !== undefined && (owner.assetId === null || owner.assetId === asset.id)) return asset.id;
    this.#ports.log.warn(
      { network: this.#chain.network, txId, address, asset: symbol },
      'an asset arrived at an address that is for another: it is not credited',
    );
    return undefined;
  }

  async #credit(): Promise<void> {
    const { pool } = this.#ports;
    if (this.#tipHeight === undefined) return;
    const upTo = this.#tipHeight - this.#chain.confirmations + 1;
    for (const transfer of await listCreditable(pool, this.#chain.network, upTo))
      await this.#creditOne(transfer);
  }

  async #creditOne(transfer: StoredTransfer): Promise<void> {
    const { exchange, log, now, pool } = this.#ports;
    const { network, txId, outputIndex, accountId, assetId, amountMinor } = transfer;
    const least = this.#ports.minDepositMinor(assetId);
    // The house's own money is entered to the last unit: it is what reconciliation counts with.
    if (least === undefined || (accountId !== TREASURY_ACCOUNT && amountMinor < least)) return;
    const asset = exchange.catalog().assetById(assetId)!;
    const reference = `${network}:${txId}:${outputIndex}`;
    const amount = formatDecimal(amountMinor, asset.scale);
    const credited = await exchange.credit({ accountId, asset: asset.symbol, amount, reference });
    // It was credited, and the process ended before that was marked.
    if (!credited.ok && credited.refusal.code !== 'duplicate_deposit') {
      log.warn(
        { reference, code: credited.refusal.code },
        'a deposit could not be credited; it is tried again',
      );
      return;
    }
    await markCredited(pool, transfer, now());
    log.info({ reference, accountId, asset: asset.symbol, amount }, 'a deposit was credited');
  }
}
