// The exports, newest first.

import { CardList } from './card_list.js';
import { ExportCard, isOpen } from './export_card.js';
import { say } from './say.js';

export function mount(root) {
  const template = root.querySelector('template');
  const list = new CardList(root, {
    path: '/api/exports', list: '.exports', event: 'clapper:exports',
    read: ({ exports, workers }) => {
      const moves = exports.some(isOpen);
      return { rows: exports, moves, trouble: moves && !workers ? say('export.no_worker') : '' };
    },
    make: (row) => new ExportCard(template.content.firstElementChild.cloneNode(true), row, {
      changed: () => list.refresh(), failed: (text) => list.tell(text),
    }),
  });
}
