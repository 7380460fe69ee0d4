window.clapper.mount('start_run', element, { props, watch, again: (asked) => trigger('again', asked) });
