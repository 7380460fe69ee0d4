const root = element.querySelector('.admin');
import('/own/scripts/admin.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = 'This page did not load whole. Please load it again.';
});
