import { digest53 } from '../../domain/digest.ts';
import { parseDecimal } from '../../domain/money.ts';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import { FIRST_CUSTOMER_ACCOUNT } from '../../domain/trade.ts';
import { worthOf } from '../../domain/withdrawals/compiled-policy.ts';
import type { Withdrawal } from '../../domain/withdrawals/withdrawal.ts';
import { tell } from '../actor.ts';
import type { DeskMessage } from '../withdrawal-messages.ts';
import type { DeskState, RequestWithdrawal, Withdrawals } from '../withdrawal-ports.ts';
import type { Asking } from './asking.ts';

/** What is asked for of withdrawals. */
export function withdrawalCommands({ options, ask, askAccount }: Asking): Withdrawals {
  const { catalog, desk } = options;
  const tellDesk = (message: (replyTo: number) => DeskMessage) => (replyTo: number) =>
    tell(desk.ref, message(replyTo));

  async function askForOne(message: (replyTo: number) => DeskMessage): Promise<Result<Withdrawal>> {
    const answer = await ask(tellDesk(message), 'withdrawal');
    return answer.ok ? accept(answer.value.withdrawal) : answer;
  }

  async function askForState(message: (replyTo: number) => DeskMessage): Promise<Result<DeskState>> {
    const answer = await ask(tellDesk(message), 'desk');
    return answer.ok ? accept(answer.value.state) : answer;
  }

  return {
    async request(command) {
      const { accountId, userId, network, address, clientWithdrawalId, flags, unitValue } = command;
      const asset = catalog().asset(command.asset);
      if (asset === undefined) return refuse('asset_not_found', 'There is no such asset.');
      if (accountId < FIRST_CUSTOMER_ACCOUNT) return refuse('account_not_found', 'There is no such account.');
      const amount = parseDecimal(command.amount, asset.scale);
      if (!amount.ok) return amount;
      const fee = parseDecimal(command.fee, asset.scale);
      if (!fee.ok) return fee;
      if (amount.value === 0n) return refuse('invalid_amount', 'The amount must be above zero.');
      const { policy } = desk.state();
      const valuation = catalog().asset(policy.valuationAsset) ?? null;
      const requested = {
        accountId,
        userId,
        assetId: asset.id,
        amountMinor: amount.value,
        feeMinor: fee.value,
        network,
        address,
        clientWithdrawalId,
        requestDigest: requestDigest(command),
        valueMinor: worthOf(valuation, asset, amount.value, unitValue),
        flags,
      };
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'requestWithdrawal', requested, replyTo }),
        'withdrawal',
      );
      return answer.ok
        ? accept({ withdrawal: answer.value.withdrawal, repeated: answer.value.repeated })
        : answer;
    },

    confirm: (withdrawalNo, heldUntilMs) =>
      askForOne((replyTo) => ({ type: 'confirmWithdrawal', withdrawalNo, heldUntilMs, replyTo })),

    cancel: (withdrawalNo, reason) =>
      askForOne((replyTo) => ({
        type: 'actOnWithdrawal',
        withdrawalNo,
        event: { type: 'canceled', reason },
        replyTo,
      })),

    approve: (withdrawalNo, approval) =>
      askForOne((replyTo) => ({ type: 'approveWithdrawal', withdrawalNo, approval, replyTo })),

    reject: (withdrawalNo, reason, approval) =>
      askForOne((replyTo) => ({
        type: 'actOnWithdrawal',
        withdrawalNo,
        event: {
          type: 'rejected',
          userId: approval?.userId ?? null,
          reason,
          ...(approval === null ? {} : { evidence: approval.evidence }),
        },
        replyTo,
      })),

    revise: (withdrawalNo, revision) =>
      askForOne((replyTo) => ({ type: 'reviseWithdrawal', withdrawalNo, revision, replyTo })),

    sign: (withdrawalNo, version, paymentId) =>
      askForOne((replyTo) => ({ type: 'signWithdrawal', withdrawalNo, version, paymentId, replyTo })),

    sent: (withdrawalNo, txId) =>
      askForOne((replyTo) => ({
        type: 'actOnWithdrawal',
        withdrawalNo,
        event: { type: 'sent', txId },
        replyTo,
      })),

    settle: (withdrawalNo, settled) =>
      askForOne((replyTo) => ({
        type: 'actOnWithdrawal',
        withdrawalNo,
        event: { type: 'settled', ...settled },
        replyTo,
      })),

    fail: (withdrawalNo, failed) =>
      askForOne((replyTo) => ({
        type: 'actOnWithdrawal',
        withdrawalNo,
        event: { type: 'failed', ...failed },
        replyTo,
      })),

    async recordNetworkCost(cost) {
      const answer = await ask(
        tellDesk((replyTo) => ({ type: 'recordNetworkCost', ...cost, replyTo })),
        'done',
      );
      return answer.ok ? accept(undefined) : answer;
    },

    pause: (reason) => askForState((replyTo) => ({ type: 'pauseWithdrawals', reason, replyTo })),
    resume: () => askForState((replyTo) => ({ type: 'resumeWithdrawals', replyTo })),
    setPolicy: (policy) => askForState((replyTo) => ({ type: 'setWithdrawalPolicy', policy, replyTo })),
    state: desk.state,
    underWay: desk.underWay,
    events: options.withdrawalEvents,
    states: options.deskStates,
  };
}

/** Tells two requests of one name apart; what the exchange adds of its own isn't in it. */
function requestDigest({ asset, amount, network, address }: RequestWithdrawal): number {
  return digest53(JSON.stringify([asset, amount, network, address]));
}
