window.clapper.mount('runs', element);
