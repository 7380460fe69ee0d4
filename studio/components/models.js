const root = element.querySelector('.models');
import('/own/scripts/models.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = window.clapper.words['frame.broken'];
});
