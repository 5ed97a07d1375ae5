import type { CommandContext } from '../context.ts';
import { table } from '../output.ts';

interface AssetView {
  readonly symbol: string;
  readonly name: string;
  readonly scale: number;
}

export async function listAssets(context: CommandContext): Promise<void> {
  const { assets } = await context.publicApi().request<{ assets: readonly AssetView[] }>('GET', '/v1/assets');
  const rows = assets.map(({ symbol, name, scale }) => [symbol, name, String(scale)]);
  context.output.print(table([['ASSET', 'NAME', 'DECIMALS'], ...rows]), { assets });
}

/** @param scale decimals of the smallest unit */
export async function addAsset(
  context: CommandContext,
  symbol: string,
  options: { readonly name?: string; readonly scale: number },
): Promise<void> {
  const api = await context.operatorApi();
  const asset = await api.request<AssetView>('POST', '/v1/admin/assets', {
    symbol,
    name: options.name ?? symbol,
    scale: options.scale,
  });
  context.output.print(`Added asset ${asset.symbol} with ${asset.scale} decimals.`, asset);
}
