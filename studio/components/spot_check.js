const root = element.querySelector('.spot');
import('/own/scripts/spot_check.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = 'This page did not load whole. Please load it again.'; // the studio went away, or the reader did
});
