import type { DatabasePool } from 'slonik';
import type { Exchange } from '../actors/ports.ts';
import { makeDepositAddress } from '../db/custody/deposit-addresses.ts';
import { purposeOf } from '../db/custody/payments.ts';
import { accept, refuse } from '../domain/rejection.ts';
import { type Chain, ChainUnavailable } from './chain.ts';
import type { CustodyLog } from './custody-log.ts';
import { OurAddresses } from './deposits/our-addresses.ts';
import { DepositWatcher } from './deposits/watcher.ts';
import { type Loop, startLoop } from './loop.ts';
import { Networks, viewWay } from './networks.ts';
import { Consolidator } from './payments/consolidator.ts';
import { Payer, type PayerPorts } from './payments/payer.ts';
import { PaymentSender } from './payments/payment-sender.ts';
import type { Custody } from './ports.ts';
import { Reconciler } from './reconciliation/reconciler.ts';

export interface CustodyOptions {
  readonly pool: DatabasePool;
  readonly exchange: Exchange;
  readonly chains: readonly Chain[];
  readonly checkApprovals: PayerPorts['checkApprovals'];
  readonly log: CustodyLog;
  readonly now: () => number;
  /** How often each network is looked at. */
  readonly lookMs: number;
  readonly reconcileMs: number;
  /** After how long a payment that the network doesn't take in is replaced by a dearer one. Default half an hour. */
  readonly replaceAfterMs?: number;
  readonly giveUpAfterMs?: number;
  /** Whether operators may credit what came over no network. Default false. */
  readonly simulatedDeposits?: boolean;
  onDifference?(asset: string, units: number): void;
}

export interface RunningCustody extends Custody {
  /** Looks at every network now. */
  wake(): void;
  /** Looks now whether custody and ledger agree. */
  reconcile(): ReturnType<Reconciler['look']>;
  stop(): Promise<void>;
}

const RETRY_SECONDS = 10;
const HALF_AN_HOUR_MS = 30 * 60 * 1000;

/** Starts everything that is done outside of the ledger: deposits are watched, withdrawals paid, both held against it. */
export async function startCustody(options: CustodyOptions): Promise<RunningCustody> {
  const { pool, exchange, chains, log, now } = options;
  const networks = new Networks(pool, exchange.catalog, chains);
  await networks.refresh();
  const watched = chains.map((chain) => {
    const addresses = new OurAddresses(pool, chain);
    const watcher = new DepositWatcher(chain, {
      pool,
      exchange,
      addresses,
      purposeOf: (txId) => purposeOf(pool, txId),
      minDepositMinor: (assetId) => networks.wayOf(chain.network, assetId)?.minDepositMinor,
      log,
      now,
    });
    const sender = new PaymentSender(chain, {
      pool,
      log,
      now,
      giveUpAfterMs: options.giveUpAfterMs ?? HALF_AN_HOUR_MS,
    });
    const { checkApprovals, replaceAfterMs = HALF_AN_HOUR_MS } = options;
    const payer = new Payer(chain, sender, { pool, exchange, checkApprovals, log, now, replaceAfterMs });
    const addressNumbers = () => addresses.numbers;
    const consolidator = new Consolidator(chain, sender, { pool, exchange, addressNumbers, log });
    return { chain, addresses, watcher, payer, consolidator, addressNumbers };
  });
  const reconciler = new Reconciler({
    pool,
    exchange,
    chains: watched,
    simulatedDeposits: options.simulatedDeposits ?? false,
    log,
    now,
    onDifference: options.onDifference ?? (() => {}),
  });

  const onError = (network: string) => {
    let isAway = false;
    return {
      failed(error: unknown): void {
        if (!(error instanceof ChainUnavailable))
          log.error({ err: error, network }, 'custody failed; it is tried again');
        else if (!isAway) log.warn({ network, why: error.message }, 'a network can’t be reached');
        isAway = error instanceof ChainUnavailable;
      },
      worked(): void {
        if (isAway) log.info({ network }, 'a network is back');
        isAway = false;
      },
    };
  };
  const loops: Loop[] = watched.map(({ chain, watcher, payer, consolidator }) => {
    const state = onError(chain.network);
    const look = async () => {
      await networks.refresh();
      // What was sent may be what a block brings: payments first, so that they are known.
      await payer.look();
      await watcher.look();
      await consolidator.look();
      state.worked();
    };
    return startLoop(look, options.lookMs, state.failed);
  });
  const reconciling = startLoop(() => reconciler.look(), options.reconcileMs, onError('all').failed);
  const wake = () => {
    for (const loop of loops) loop.wake();
  };
  const unsubscribe = exchange.withdrawals.events.subscribe(({ withdrawal }) => {
    if (withdrawal.status === 'approved') wake();
  });

  return {
    wake,
    reconcile: () => reconciler.look(),
    networks: async () => networks.views(),
    async way(asset, network) {
      const way = networks.way(asset, network);
      return way.ok ? accept(viewWay(way.value)) : way;
    },
    async setWay(asset, network, terms) {
      const way = await networks.set(asset, network, terms);
      return way.ok ? accept(viewWay(way.value)) : way;
    },
    parseAddress: (network, text) => networks.parseAddress(network, text),
    async depositAddress(accountId, symbol, network) {
      const way = networks.way(symbol, network);
      if (!way.ok) return way;
      const { chain, asset } = way.value;
      if (!way.value.deposits)
        return refuse(
          'deposits_disabled',
          'Deposits of this asset over this network are closed at the moment.',
        );
      // An address that is given out is watched from then on: not before it is known where to begin.
      if (watched.find((one) => one.chain === chain)?.watcher.tipHeight === undefined)
        return refuse(
          'deposits_disabled',
          'The network can’t be reached at the moment; try again.',
          RETRY_SECONDS,
        );
      const owner = { network: chain.network, accountId, assetId: asset.id };
      const { address } = await makeDepositAddress(
        pool,
        owner,
        (addressNo) => chain.addressOf(addressNo),
        now(),
      );
      return accept({
        asset: symbol,
        network: chain.network,
        address,
        uri: chain.paymentUri(symbol, address),
        confirmations: chain.confirmations,
        minDeposit: viewWay(way.value).minDeposit,
      });
    },
    depth(network) {
      const one = watched.find(({ chain }) => chain.network === network);
      const tipHeight = one?.watcher.tipHeight;
      return one === undefined || tipHeight === undefined
        ? undefined
        : { confirmations: one.chain.confirmations, tipHeight };
    },
    reconciliation: () => reconciler.latest,
    async stop() {
      unsubscribe();
      await Promise.all([...loops, reconciling].map((loop) => loop.stop()));
      await Promise.all(chains.map((chain) => chain.close()));
    },
  };
}
