/*
 * One chat, several windows of one patron: who has it, and how it goes to another.
 *
 * Tabs of one browser hear each other by a BroadcastChannel, which reaches no further than the
 * browser itself lets storage reach; a window that was popped out hears the page that opened it. The
 * chat goes with its token, so the desk knows nothing of it but a patron with a new address.
 */
const GIVE_MS = 1500;

/*
 * `events` has has() whether the chat is here, give() which lets it go and returns what the other
 * needs, take(state), and offer(bool) whether another window has one.
 */
export function handover_new(queue, events) {
    const me = crypto.getRandomValues(new Uint32Array(2)).join();
    let channel = null;
    let other = '';

    const say = (message) => channel?.postMessage({ from: me, ...message });

    function hear({ data }) {
        if (data.what === 'who' && events.has())
            say({ what: 'i', to: data.from });
        else if (data.what === 'over' && data.from === other) {
            other = '';
            events.offer(false);
        } else if (data.to !== me)
            return;
        else if (data.what === 'i' && !events.has()) {
            other = data.from;
            events.offer(true);
        } else if (data.what === 'ask' && events.has())
            say({ what: 'give', to: data.from, state: events.give() });
        else if (data.what === 'give')
            events.take(data.state);
    }

    try {
        channel = new BroadcastChannel(`deskbell:${queue}`);
        channel.onmessage = hear;
    } catch { /* an old browser, or one that forbids it */ }

    return {
        look: () => say({ what: 'who' }),
        /* The other window may be gone by now. */
        ask() {
            say({ what: 'ask', to: other });
            setTimeout(events.offer, GIVE_MS, false);
        },
        over: () => say({ what: 'over' }),
        /* Opens a window that has the chat from then on; then() when it has. False if it was blocked. */
        pop_out(url, then) {
            const popup = window.open(url, '', 'popup,width=420,height=680');
            if (!popup)
                return false;
            window.addEventListener('message', (event) => {
                if (event.source !== popup || event.origin !== location.origin)
                    return;
                popup.postMessage({ deskbell: 'give', state: events.has() ? events.give() : null },
                                  location.origin);
                then();
            });
            return true;
        },
        /* In that window: waits a moment for the chat. */
        popped: () => new Promise((resolve) => {
            const opener = window.opener;
            if (!opener) {
                resolve();
                return;
            }
            window.addEventListener('message', (event) => {
                if (event.source !== opener || event.origin !== location.origin)
                    return;
                if (event.data.state)
                    events.take(event.data.state);
                resolve();
            });
            opener.postMessage({ deskbell: 'popped' }, location.origin);
            setTimeout(resolve, GIVE_MS);
        }),
    };
}
