/*
 * A clock that only the test moves. Node's own mock of timers changed its calls between 18, which
 * Debian 12 has, and 20.
 */

/* Takes over setTimeout and clearTimeout until reset(). */
export function clock_fake() {
    const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
    let now = 0;
    let timers = [];

    globalThis.setTimeout = (run, ms = 0) => {
        const timer = { run, due: now + ms };
        timers.push(timer);
        return timer;
    };
    globalThis.clearTimeout = (timer) => {
        timers = timers.filter((other) => other !== timer);
    };
    return {
        tick(ms) {
            const end = now + ms;
            for (;;) {
                const due = timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
                if (!due)
                    break;
                globalThis.clearTimeout(due);
                now = due.due;
                due.run();
            }
            now = end;
        },
        reset() {
            Object.assign(globalThis, real);
        },
    };
}
