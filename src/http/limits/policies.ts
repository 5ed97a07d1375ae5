/** How much one client may ask for. Points are what requests weigh: most weigh 1, see `Operation.weight`. */
export interface RateLimits {
  /** Points a minute of one address (IPv4) or network of 64 bits (IPv6), whoever comes from it. */
  readonly addressPoints: number;
  /** Points a minute of one account, from wherever. */
  readonly accountPoints: number;
  /** Points a minute of one API key, unless the key has fewer of its own. */
  readonly keyPoints: number;
  /** Orders of one account within ten seconds that don't trade. */
  readonly unfilledOrders: number;
  /** The same within a day. */
  readonly unfilledOrdersADay: number;
  /** Sockets that one address may have open. */
  readonly socketsOfAddress: number;
}

export const DEFAULT_RATE_LIMITS: RateLimits = Object.freeze({
  addressPoints: 12_000,
  accountPoints: 12_000,
  keyPoints: 12_000,
  unfilledOrders: 1_000,
  unfilledOrdersADay: 500_000,
  socketsOfAddress: 300,
});

/** In development one machine is a whole crowd of clients. */
export const DEVELOPMENT_FACTOR = 100;

/** The window in which points are counted. */
export const POINTS_SECONDS = 60;
/** What cancels is answered up to so many times the limit: nobody is kept from getting out. */
export const URGENT_FACTOR = 2;
/** Who goes on asking at so many times the limit loses his socket. */
export const HOPELESS_FACTOR = 4;
