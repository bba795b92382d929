/** Runs `work` now and then again, `ms` after it ended, while the page is seen. */
export function poll(ms, work) {
  let timer = 0;
  let isStopped = false;
  const run = async () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') await work().catch(() => {});
    if (!isStopped) timer = setTimeout(run, ms);
  };
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && !isStopped) run();
  });
  const first = run();
  return {
    first,
    now: run,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
