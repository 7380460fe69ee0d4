const root = element.querySelector('.models');
import('/own/scripts/models.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = 'This page did not load whole. Please load it again.';
});
