/*
 * Stands in for those modules of Strophe that the page never calls (see strophe.js): the names
 * that its connection imports, so that the build still finds an import that a new version adds.
 */
export default class Unused {}
export { Unused as SessionStorageBackend, Unused as StreamManagementMirror };
export const isCountableStanza = () => false;
export const toStanzaView = () => null;
