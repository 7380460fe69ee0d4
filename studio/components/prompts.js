const root = element.querySelector('.prompts');
import('/own/scripts/prompts.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = 'This page did not load whole. Please load it again.';
});
