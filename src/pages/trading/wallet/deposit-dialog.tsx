import { useEffect, useState } from 'react';
import { encode } from 'uqr';
import { show } from '../../api/decimals.ts';
import { describeFailure } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { CopyText } from '../../design/copy-text.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { QrCode } from '../../design/qr-code.tsx';
import { NetworkChoice } from './network-choice.tsx';
import type { NetworkInfo } from './wallet-data.ts';

interface DepositAddress {
  readonly asset: string;
  readonly network: string;
  readonly address: string;
  readonly uri: string;
  readonly confirmations: number;
  readonly minDeposit: string;
}

/** Where to send an asset to. The address of an account on a network stays the same. */
export function DepositDialog({
  asset,
  networks,
  onClose,
}: {
  readonly asset: string;
  readonly networks: readonly NetworkInfo[];
  readonly onClose: () => void;
}) {
  const ways = networks.filter(({ assets }) => assets.some((way) => way.asset === asset && way.deposits));
  const [network, setNetwork] = useState(ways[0]?.network);
  const [address, setAddress] = useState<DepositAddress>();
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (network === undefined) return;
    let isWanted = true;
    setAddress(undefined);
    setSaid(undefined);
    post<DepositAddress>('/v1/deposit-addresses', { asset, network })
      .then((made) => isWanted && setAddress(made))
      .catch((error) => isWanted && setSaid(describeFailure(error)));
    return () => {
      isWanted = false;
    };
  }, [asset, network]);
  return (
    <Dialog title={`Deposit ${asset}`} onClose={onClose}>
      {network === undefined && <p>Deposits of {asset} are closed at the moment.</p>}
      <NetworkChoice ways={ways} selected={network} onSelect={setNetwork} />
      {said !== undefined && (
        <p className="banner bad" role="alert">
          {said}
        </p>
      )}
      <div className="deposit">
        <div className="qr">
          {address !== undefined && (
            <QrCode
              cells={encode(address.uri, { border: 0 }).data}
              label={`Address for ${asset} as a QR code`}
            />
          )}
        </div>
        {address !== undefined && (
          <>
            <CopyText label="Address" text={address.address} />
            <p className="soft">
              Send only {asset} over this network, at least {show(address.minDeposit)} at a time: less is not
              credited. It is yours after {address.confirmations} confirmations.
            </p>
          </>
        )}
      </div>
    </Dialog>
  );
}
