/** Bugs that a simulation must find: each is put into the real source as it is loaded, and nowhere else. */
export interface PlantedBug {
  readonly name: string;
  /** From the root of the project. */
  readonly file: string;
  /** What stands there, once. */
  readonly find: string;
  readonly put: string;
}

const COMMIT = '        commitBatch(ports.ledger, batch, frame, ports.onAvailability).then((result) =>';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'acknowledge before commit',
    file: 'src/actors/settlement/settlement.ts',
    find: COMMIT,
    put: `
        for (const effect of effects) {
          if (effect.type === 'marketEffect') ports.reply(effect.replyTo, effect.reply);
        }
${COMMIT}`,
  },
  {
    name: 'publish before commit',
    file: 'src/actors/settlement/settlement.ts',
    find: COMMIT,
    put: `
        for (const [marketId, message] of inFlight.prepared.feeds) ports.tellFeed(marketId, message);
${COMMIT}`,
  },
  {
    name: 'credit before commit',
    file: 'src/actors/settlement/settlement.ts',
    find: COMMIT,
    put: `
        for (const [accountId, message] of inFlight.prepared.settled) ports.tellAccount(accountId, message);
${COMMIT}`,
  },
  {
    name: 'no fence',
    file: 'test/simulation/tables.ts',
    find: '    if (batch.epoch !== epoch || batch.batchNo !== batchNo + 1) return undefined;\n',
    put: '',
  },
  {
    name: 'retry without checking the outcome',
    file: 'src/actors/settlement/commit.ts',
    find: '    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);\n',
    put: `
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    try {
      batch = { ...batch, batchNo: (await ledger.position()).batchNo + 1 };
    } catch {}
    continue;
`,
  },
  {
    name: 'release a hold twice',
    file: 'src/domain/accounts/account.ts',
    find: '      this.#funds.giveBack({ assetId, amountMinor });\n',
    put: '      this.#funds.giveBack({ assetId, amountMinor: 2n * amountMinor });\n',
  },
  {
    name: 'forget a hold that a market gave back',
    file: 'src/domain/accounts/account.ts',
    find: '    for (const reservation of reserved) this.#funds.giveBack(reservation);\n  }\n\n  /** Gives back what an amend',
    put: '  }\n\n  /** Gives back what an amend',
  },
  {
    name: 'let a change of the policy end a freeze',
    file: 'src/domain/accounts/policy-state.ts',
    find: '    this.#asked = { ...this.#asked, ...change };\n',
    put: '    this.#asked = { ...this.#asked, frozen: false, ...change };\n',
  },
  {
    name: 'drop a cancel',
    file: 'src/actors/markets/cascade.ts',
    find: '    this.#execution.apply(this.#on.tellBook((buffer) => writeCancel(buffer, 0, order.bookId)));\n',
    put: '    this.#execution.changes.touch(order);\n',
  },
  {
    name: 'restart from yesterday’s places in the queue',
    file: 'test/simulation/tables.ts',
    find: '      places: state.places,\n',
    put: '      places: 0,\n',
  },
  {
    name: 'keep a withdrawal that was refused reserved, and give it back as well',
    file: 'src/actors/accounts/account-actor.ts',
    find: '          return broken ? undefined : account?.giveBack(message.reserved);\n',
    put: '          account?.giveBack(message.reserved);\n          return broken ? undefined : account?.giveBack(message.reserved);\n',
  },
  {
    name: 'forget what a withdrawal under way holds after a restart',
    file: 'test/simulation/stored-withdrawals.ts',
    find: '      underWay: all.filter(({ status }) => isUnderWay(status)),\n',
    put: '      underWay: all.filter(({ status }) => isUnderWay(status)).map((one) => ({ ...one, eventNo: one.eventNo - 1 })),\n',
  },
  {
    name: 'lose a level of the depth',
    file: 'src/actors/feed/depth-book.ts',
    find: '      bids: this.#bids.takeChanges(),\n',
    put: '      bids: this.#bids.takeChanges().slice(0, 2),\n',
  },
];
