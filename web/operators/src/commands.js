/*
 * The desk's commands in a dialog of their own: Converse.js' forms, but for the address, which is known,
 * so the list is there at once, and one command at a time is shown.
 */

/* Defines the elements; returns open(jid, title). */
export function commands_define(converse, api) {
    const { html } = converse.env;
    const Modal = Object.getPrototypeOf(api.elements.registry['converse-user-settings-modal']);

    class DeskCommands extends api.elements.registry['converse-adhoc-commands'] {
        connectedCallback() {
            super.connectedCallback();
            this.list();
        }

        async list() {
            this.commands = await api.adhoc.getCommands(this.address);
            this.view = 'list-commands';
        }

        /* What was said comes above the list, which may be longer than the window. */
        async runCommand(form, action) {
            await super.runCommand(form, action);
            this.querySelector('.alert')?.scrollIntoView({ block: 'nearest' });
        }
    }

    class DeskCommandsModal extends Modal {
        renderModal() {
            return html`<deskbell-commands .address=${this.address}></deskbell-commands>`;
        }

        getModalTitle() {
            return this.heading;
        }
    }

    customElements.define('deskbell-commands', DeskCommands);
    customElements.define('deskbell-commands-modal', DeskCommandsModal);
    return (address, heading) => api.modal.show('deskbell-commands-modal', { address, heading });
}
