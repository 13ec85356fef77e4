// Before the first paint, so that the page never flashes in the other theme. Without a choice the system decides.
try {
  const theme = localStorage.getItem('flowfit:theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system decides.
}
