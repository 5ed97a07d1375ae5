import type { AccountFrame } from '../../actors/ports.ts';
import { accountFrame } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { answer, deny, type Outcome } from './outcome.ts';
import { PRIVATE_CHANNELS, type PrivateChannel } from './requests.ts';

/** Where the frames of accounts are kept. */
export interface AccountFrameLog {
  /** Number of the account's last frame; 0 when it has none. */
  lastSequence(accountId: number): Promise<number>;
  /** The frames after a sequence, in order, as far as they are kept. */
  framesAfter(
    accountId: number,
    sequence: number,
    limit: number,
  ): Promise<readonly Pick<AccountFrame, 'sequence' | PrivateChannel>[]>;
}

/** Frames that arrive while a channel still replays older ones. */
interface Catchup {
  readonly arrived: AccountFrame[];
}

/** Frames read from the log in one step of a replay. */
const PAGE_FRAMES = 200;
/** Frames that may arrive during a replay; beyond them the rest is read from the log again. */
const MAX_ARRIVED_FRAMES = 1_000;

/**
 * A socket's private channels. Each channel has its own place in the account's frames: while one replays, the others stay
 * live. On each channel the sequences have no gap and no repeat.
 */
export class AccountSubscription {
  readonly accountId: number;
  readonly #outbox: Outbox;
  readonly #log: AccountFrameLog;
  readonly #onFailure: (error: unknown) => void;
  #live: readonly PrivateChannel[] = [];
  /** Live channels whose replay may have sent frames from the log that are still to be told. */
  readonly #aheadTo = new Map<PrivateChannel, number>();
  readonly #catchups = new Map<PrivateChannel, Catchup>();

  constructor(options: {
    readonly accountId: number;
    readonly outbox: Outbox;
    readonly log: AccountFrameLog;
    readonly onFailure: (error: unknown) => void;
  }) {
    this.accountId = options.accountId;
    this.#outbox = options.outbox;
    this.#log = options.log;
    this.#onFailure = options.onFailure;
  }

  /** Channels that began and did not end. */
  get size(): number {
    return this.#live.length + this.#catchups.size;
  }

  /**
   * Begins a channel, or begins it anew.
   * @param fromSequence the last frame that the client has; without it the channel begins with the next frame
   */
  async begin(channel: PrivateChannel, fromSequence: number | undefined): Promise<Outcome> {
    this.end(channel);
    // From now on frames are collected: what is committed later than the log is read can't be missed.
    const catchup: Catchup = { arrived: [] };
    this.#catchups.set(channel, catchup);
    try {
      const last = await this.#log.lastSequence(this.accountId);
      const from = fromSequence ?? last;
      if (from > last) return this.#refuse(channel, catchup, deny('sequence_not_reached'));
      if (from < last) {
        const [oldest] = await this.#log.framesAfter(this.accountId, from, 1);
        if (oldest?.sequence !== from + 1) return this.#refuse(channel, catchup, deny('sequence_too_old'));
      }
      return answer({ channel, sequence: from }, () => {
        if (from === last && this.#goLive(channel, catchup, from)) return;
        this.#replay(channel, catchup, from).catch((error) => this.#fail(channel, catchup, error));
      });
    } catch (error) {
      this.#refuse(channel, catchup, deny('internal_error'));
      throw error;
    }
  }

  end(channel: PrivateChannel): void {
    this.#catchups.delete(channel);
    this.#aheadTo.delete(channel);
    this.#live = this.#live.filter((live) => live !== channel);
  }

  endAll(): void {
    for (const channel of PRIVATE_CHANNELS) this.end(channel);
  }

  /** @param bytesFor the frame with only some sections, made once for all sockets */
  take(frame: AccountFrame, bytesFor: (sections: readonly PrivateChannel[]) => Buffer): void {
    const sections = this.#aheadTo.size === 0 ? this.#live : this.#sectionsOf(frame.sequence);
    if (sections.length > 0) this.#outbox.send(bytesFor(sections));
    for (const { arrived } of this.#catchups.values()) {
      arrived.push(frame);
      // What is dropped here is in the log; the replay sees the gap and goes on reading.
      if (arrived.length > MAX_ARRIVED_FRAMES) arrived.splice(0, arrived.length / 2);
    }
  }

  /** The live channels that were not sent the frame yet. */
  #sectionsOf(sequence: number): readonly PrivateChannel[] {
    return this.#live.filter((channel) => {
      if (sequence <= (this.#aheadTo.get(channel) ?? 0)) return false;
      this.#aheadTo.delete(channel);
      return true;
    });
  }

  async #replay(channel: PrivateChannel, catchup: Catchup, from: number): Promise<void> {
    let sent = from;
    for (;;) {
      const frames = await this.#log.framesAfter(this.accountId, sent, PAGE_FRAMES);
      if (this.#catchups.get(channel) !== catchup || !this.#outbox.isOpen) return;
      for (const frame of frames) {
        // Only pruning takes frames away, and it leaves the last thousands.
        if (frame.sequence !== sent + 1) throw new Error('frames were pruned while they were replayed');
        this.#outbox.send(accountFrame(frame.sequence, [channel], frame));
        sent = frame.sequence;
      }
      if (frames.length < PAGE_FRAMES && this.#goLive(channel, catchup, sent)) return;
      await this.#outbox.drained();
    }
  }

  /** Sends what arrived meanwhile and goes on live; false when there is a gap that only the log can fill. */
  #goLive(channel: PrivateChannel, catchup: Catchup, sent: number): boolean {
    if (this.#catchups.get(channel) !== catchup) return true;
    const later = catchup.arrived.filter((frame) => frame.sequence > sent);
    if (later.length > 0 && later[0]!.sequence !== sent + 1) return false;
    for (const frame of later) this.#outbox.send(accountFrame(frame.sequence, [channel], frame));
    this.#catchups.delete(channel);
    this.#aheadTo.set(channel, later.at(-1)?.sequence ?? sent);
    this.#live = PRIVATE_CHANNELS.filter((name) => name === channel || this.#live.includes(name));
    return true;
  }

  #refuse(channel: PrivateChannel, catchup: Catchup, outcome: Outcome): Outcome {
    if (this.#catchups.get(channel) === catchup) this.#catchups.delete(channel);
    return outcome;
  }

  #fail(channel: PrivateChannel, catchup: Catchup, error: unknown): void {
    if (this.#catchups.get(channel) === catchup) this.#catchups.delete(channel);
    this.#onFailure(error);
  }
}
