import type Router from '@koa/router';
import type { Context } from 'koa';
import { type ListedAddress, listAddresses, mayWithdrawToListedOnly } from '../../db/withdrawal-addresses.ts';
import { isoTime } from '../../domain/views.ts';
import { isFailure, sendFailure } from '../auth/failures.ts';
import { shownIn } from '../auth/shown-factor.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem, sendRefusal } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { AddAddress, RemoveAddress, SetAllowList } from './schema.ts';

export function addressRoutes(
  router: Router<RequestState>,
  { addressBook, authentication, custody, exchange, pool }: Gateway,
): void {
  const { session } = authentication;

  router.get('/v1/withdrawal-addresses', session, sendBook);

  router.post('/v1/withdrawal-addresses', session, validate(AddAddress), async (ctx) => {
    const { label, network, address: text, asset: symbol, ...given } = ctx.state.input.body;
    const address = custody.parseAddress(network, text);
    if (!address.ok) return sendRefusal(ctx, address.refusal);
    const asset = symbol === undefined ? null : exchange.catalog().asset(symbol);
    if (asset === undefined) return sendProblem(ctx, 'asset_not_found', 'There is no such asset.');
    const added = await addressBook.add(
      ctx.state.claims,
      { label, network, address: address.value, assetId: asset?.id ?? null },
      shownIn(given),
      callerOf(ctx),
    );
    if (added === 'address_listed') return sendProblem(ctx, added, 'The address is in your book already.');
    if (added === 'too_many_addresses')
      return sendProblem(ctx, added, 'Your book has as many addresses as one may have: remove some.');
    if (isFailure(added)) return sendFailure(ctx, added);
    ctx.status = 201;
    ctx.body = present(added);
  });

  router.delete('/v1/withdrawal-addresses/:addressId', session, validate(RemoveAddress), async (ctx) => {
    const { addressId } = ctx.state.input.params;
    if (!(await addressBook.remove(ctx.state.claims, addressId, callerOf(ctx))))
      return sendProblem(ctx, 'not_found', 'You have no such address.');
    ctx.status = 204;
  });

  router.put('/v1/me/allow-list', session, validate(SetAllowList), async (ctx) => {
    const { only, ...given } = ctx.state.input.body;
    const set = await addressBook.setListedOnly(ctx.state.claims, only, shownIn(given), callerOf(ctx));
    if (set !== 'done') return sendFailure(ctx, set);
    await sendBook(ctx);
  });

  async function sendBook(ctx: Context): Promise<void> {
    const { userId } = ctx.state.claims;
    const addresses = await listAddresses(pool, userId);
    ctx.body = {
      allowListOnly: await mayWithdrawToListedOnly(pool, userId),
      addresses: addresses.map(present),
    };
  }

  function present(one: ListedAddress) {
    return {
      id: one.id,
      label: one.label,
      network: one.network,
      address: one.address,
      asset: one.assetId === null ? null : exchange.catalog().assetById(one.assetId)!.symbol,
      usableFrom: isoTime(one.usableFromMs),
      createdAt: isoTime(one.addedAtMs),
    };
  }
}
