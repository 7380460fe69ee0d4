window.clapper.mount('start_export', element, { props, watch });
