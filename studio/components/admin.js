const root = element.querySelector('.admin');
import('/own/scripts/admin.js').then(({ mount }) => mount(root)).catch(() => {
  root.textContent = window.clapper.words['frame.broken'];
});
