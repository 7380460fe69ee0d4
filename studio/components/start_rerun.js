window.clapper.mount('rerun', element, { props, watch });
