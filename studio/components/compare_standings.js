const view = new URLSearchParams(location.search).get('view');
if (view === 'standings') window.clapper.mount('compare_standings', element.querySelector('.compare-standings'));
