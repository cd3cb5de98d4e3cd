-- Failover. A holder with a standby beside it renews its lease every second; whoever wants to take
-- over has to know whether this one does, for the session's lock alone tells the dead from the
-- living, and not from those that hang.

ALTER TABLE deskbell.lease
    ADD COLUMN watched bigint NOT NULL DEFAULT 0, -- the epoch that its holder renews
    ADD COLUMN ended bigint NOT NULL DEFAULT 0;   -- the epoch whose holder has ended in order
