import { pathOf } from '../api/client.ts';
import { read, renewalView } from '../api/views.ts';
import { renderDetails } from '../output/details.ts';
import { plain } from '../output/plain.ts';
import { timeWithDistance } from '../output/time.ts';
import type { Session } from '../session.ts';

/** When a certificate should be renewed, as the service suggests to its host. */
export async function showRenewal(session: Session, serialNumber: string): Promise<void> {
  const json = await session.api.call(pathOf`/renewal/${serialNumber}`, { signed: false });
  session.show(json, () => {
    const { suggestedWindow, explanation, ...renewal } = read(renewalView, json);
    const when = (time: string) => timeWithDistance(time, session.terminal.now());
    return renderDetails([
      ['Serial number', renewal.serialNumber],
      ['Renew from', when(suggestedWindow.start)],
      ['Until', when(suggestedWindow.end)],
      ['Why', plain(explanation)],
    ]);
  });
}
