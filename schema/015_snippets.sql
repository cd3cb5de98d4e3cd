-- What a library has chosen for one button on its pages, each NULL when it is not set. The program
-- judges them (policy/snippet.h); here they are kept from being endless.

ALTER TABLE deskbell.snippet
    ADD COLUMN accent text CHECK (accent ~ '^#[0-9a-fA-F]{6}$'),
    ADD COLUMN side text CHECK (side IN ('start', 'end')),
    ADD COLUMN closed text CHECK (closed IN ('show', 'hide')),
    ADD COLUMN consent boolean NOT NULL DEFAULT false,
    ADD COLUMN consent_link text CHECK (length(consent_link) <= 1000),
    ADD COLUMN questions text CHECK (length(questions) <= 10000),
    ADD COLUMN texts text CHECK (length(texts) <= 10000);
