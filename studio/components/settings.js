// What else is on the page may move before our own script is here, and is not lost.
const changed = () => trigger('changed');
document.addEventListener('clapper:moved', changed);
window.clapper.mount('settings', element.querySelector('.settings'), { props, watch, changed });
if (props.value?.eager) changed();
