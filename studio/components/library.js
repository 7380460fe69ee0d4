const root = element.querySelector('.library');
import('/own/scripts/library.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = 'This page did not load whole. Please load it again.'; // the studio went away, or the reader did
});
