const root = element.querySelector('.review-desk');
import('/own/scripts/desk.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = 'This page did not load whole. Please load it again.'; // the studio went away, or the reader did
});
