const root = element.querySelector('.insights');
import('/own/scripts/insights.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = 'This page did not load whole. Please load it again.'; // the studio went away, or the reader did
});
