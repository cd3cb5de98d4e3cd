/*
 * The part of Strophe that an anonymous patron needs: BOSH, WebSocket, SASL ANONYMOUS.
 *
 * Taken from its source modules, because the published bundle carries passwords, workers and
 * stream management along: a fifth of the whole page. build.mjs puts unused.js in their place.
 */
import log from '../node_modules/strophe.js/src/log.ts';

log.setLogLevel(3); /* errors only: its debug lines would tell a patron's console the whole chat */

export { default as Connection } from '../node_modules/strophe.js/src/connection.ts';
export { default as SASLAnonymous } from '../node_modules/strophe.js/src/sasl-anon.ts';
export { NS, Status } from '../node_modules/strophe.js/src/constants.ts';
export { $iq, $msg, $pres } from '../node_modules/strophe.js/src/builder.ts';
