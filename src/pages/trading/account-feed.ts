import type { BalanceView, FillView, OrderView } from '../../domain/views.ts';
import { live } from '../api/live.ts';
import { get } from '../api/request.ts';
import { session } from '../api/session.ts';
import { Store, useStore } from '../api/store.ts';
import type { WithdrawalInfo } from './wallet/wallet-data.ts';

/** What is shown of whoever is signed in; each part is undefined until it was read. */
export interface AccountData {
  readonly balances: readonly BalanceView[] | undefined;
  /** That can still trade, newest first. */
  readonly orders: readonly OrderView[] | undefined;
  readonly fills: readonly FillView[] | undefined;
  readonly withdrawals: readonly WithdrawalInfo[] | undefined;
}

type Part = keyof AccountData;

const NOTHING: AccountData = {
  balances: undefined,
  orders: undefined,
  fills: undefined,
  withdrawals: undefined,
};
const READ_FROM: Readonly<Record<Part, string>> = {
  balances: '/v1/balances',
  orders: '/v1/orders?status=open&limit=500',
  fills: '/v1/fills?limit=100',
  withdrawals: '/v1/withdrawals?limit=100',
};
const CHANNELS = Object.keys(READ_FROM) as Part[];
const KEPT = 500;
const ENDED_KEPT = 10_000;
const RETRY_MS = 3_000;
const IS_OPEN: ReadonlySet<string> = new Set(['open', 'partially_filled', 'untriggered', 'pending']);

const store = new Store<AccountData>(NOTHING);
/** Ids of orders that ended: what was read before must not bring them back. */
const ended = new Set<string>();
let stop: (() => void) | undefined;
let shownFor: string | undefined;

export function useAccount(): AccountData {
  return useStore(store);
}

/** Follows whoever signs in, and forgets who signs out. */
export function followAccount(): void {
  session.onChange(follow);
  follow();
}

/** What a request answered is known before the stream tells it. */
export function showOrders(orders: readonly OrderView[]): void {
  put('orders', orders);
}

function follow(): void {
  if (session.accountId === shownFor) return;
  stop?.();
  stop = undefined;
  shownFor = session.accountId;
  ended.clear();
  store.set(NOTHING);
  if (shownFor === undefined) return;
  const ends = CHANNELS.map(followPart);
  stop = () => {
    for (const end of ends) end();
  };
}

/** Reads a part once the stream has begun, and applies what the stream told meanwhile on top. */
function followPart(part: Part): () => void {
  let waiting: unknown[][] | undefined;
  return live.subscribe(
    { channel: part },
    ({ data }) => {
      waiting?.push(data[part]);
      put(part, data[part]);
    },
    async function read(): Promise<void> {
      const told: unknown[][] = [];
      waiting = told;
      const account = shownFor;
      const answer = await get(READ_FROM[part]).catch(() => undefined);
      if (account !== shownFor || waiting !== told) return;
      waiting = undefined;
      if (answer === undefined) return void setTimeout(() => account === shownFor && read(), RETRY_MS);
      const items = part === 'balances' ? answer.balances : answer.items;
      store.set({ ...store.value, [part]: part === 'orders' ? items.filter(isOpen) : items });
      for (const items of told) put(part, items);
    },
  );
}

function isOpen({ id, status }: OrderView): boolean {
  return IS_OPEN.has(status) && !ended.has(id);
}

function put(part: Part, items: readonly unknown[]): void {
  const { value } = store;
  store.set({ ...value, [part]: PUT[part](value, items) });
}

// biome-ignore lint/suspicious/noExplicitAny: each takes the items of its own part.
const PUT: Readonly<Record<Part, (data: AccountData, items: any) => unknown>> = {
  balances({ balances = [] }, items: readonly BalanceView[]) {
    const changed = new Map(items.map((item) => [item.asset, item]));
    const kept = balances.map((balance) => changed.get(balance.asset) ?? balance);
    const known = new Set(balances.map(({ asset }) => asset));
    return [...kept, ...items.filter(({ asset }) => !known.has(asset))];
  },
  orders({ orders = [] }, items: readonly OrderView[]) {
    if (ended.size > ENDED_KEPT) ended.clear();
    for (const { id, status } of items) if (!IS_OPEN.has(status)) ended.add(id);
    return newestFirst(orders, items, ({ id }) => id).filter(isOpen);
  },
  fills: ({ fills = [] }, items: readonly FillView[]) =>
    // A trade with oneself is two fills.
    newestFirst(fills, items, ({ tradeId, orderId, market }) => `${market} ${tradeId} ${orderId}`),
  withdrawals: ({ withdrawals = [] }, items: readonly WithdrawalInfo[]) =>
    newestFirst(withdrawals, items, ({ id }) => id),
};

/** Changed items stay where they are, new ones come first. */
function newestFirst<Item>(
  items: readonly Item[],
  told: readonly Item[],
  nameOf: (item: Item) => string,
): readonly Item[] {
  const changed = new Map(told.map((item) => [nameOf(item), item]));
  const kept = items.map((item) => {
    const name = nameOf(item);
    const change = changed.get(name);
    changed.delete(name);
    return change ?? item;
  });
  return [...[...changed.values()].reverse(), ...kept].slice(0, KEPT);
}
