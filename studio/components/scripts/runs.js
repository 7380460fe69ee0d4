// The runs, newest first, and how busy the machines are that work on them.

import { CardList } from './card_list.js';
import { RunCard } from './run_card.js';
import { RunItem } from './run_item.js';
import { say } from './say.js';

export function mount(root) {
  const template = root.querySelector('template');
  const item = new RunItem(root.querySelector('dialog.item'), { failed: (text) => list.tell(text) });
  let busy = '';
  const list = new CardList(root, {
    path: '/api/runs', list: '.runs', event: 'clapper:runs',
    read: ({ runs, workers, loads }) => {
      busy = busyShare(loads);
      const moves = runs.some((run) => run.state === 'active');
      return { rows: runs.map((run) => ({ ...run, id: run.run_id })), moves, trouble: moves && !workers ? say('queue.no_worker') : '' };
    },
    make: (run) => new RunCard(template.content.firstElementChild.cloneNode(true), run, {
      busy: () => busy, open: (id) => item.open(id), changed: () => list.refresh(), failed: (text) => list.tell(text),
    }),
  });
}

// How busy cards are; without one, how busy the networks of a worker are, which is measured around their computing.
function busyShare(loads) {
  const percent = (share) => `${Math.round(100 * share)} %`;
  const share = ({ model, gpus }) => (gpus.length ? say('queue.busy.gpu', { shares: gpus.map(percent).join(', ') }) : say('queue.busy.model', { share: percent(model) }));
  return loads.map((load) => `${loads.length > 1 ? `${load.host}: ` : ''}${share(load)}`).join(' · ');
}
