import { show } from '../../api/decimals.ts';
import { showShortDate } from '../../design/time.ts';
import { useAccount } from '../account-feed.ts';

/** What was traded, newest first. */
export function Fills() {
  const { fills } = useAccount();
  if (fills === undefined) return <p className="pad soft">Loading…</p>;
  if (fills.length === 0) return <p className="pad soft">You have not traded yet.</p>;
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Time</th>
          <th>Market</th>
          <th>Side</th>
          <th className="num">Price</th>
          <th className="num">Quantity</th>
          <th className="num">Value</th>
          <th className="num">Fee</th>
          <th>Role</th>
        </tr>
      </thead>
      <tbody>
        {fills.map((fill) => (
          <tr key={`${fill.market} ${fill.tradeId} ${fill.orderId}`}>
            <td className="soft nowrap">{showShortDate(fill.executedAt)}</td>
            <td>{fill.market}</td>
            <td className={fill.side}>{fill.side}</td>
            <td className="num">{show(fill.price)}</td>
            <td className="num">{show(fill.quantity)}</td>
            <td className="num">{show(fill.quoteAmount)}</td>
            <td className="num">
              {show(fill.fee)} {fill.feeAsset}
            </td>
            <td>{fill.role}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
