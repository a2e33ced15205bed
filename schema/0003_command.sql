-- Commands of operators that were accepted: a restart goes on under the newest of each kind. A command without a loop was for
-- all of them; without a value it was to be as configured again.

CREATE TABLE command (
	id INTEGER PRIMARY KEY,
	ts_us INTEGER NOT NULL,
	loop INTEGER,
	command TEXT NOT NULL,
	value TEXT,
	until_us INTEGER,
	who TEXT,
	command_id TEXT NOT NULL
);
CREATE INDEX command_by_loop ON command (loop, command);

CREATE VIEW commands AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', c.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', c.ts_us % 1000000) AS ts,
	c.ts_us AS ts_us, l.name AS loop, c.command AS command, c.value AS value,
	strftime('%Y-%m-%dT%H:%M:%S', c.until_us / 1000000, 'unixepoch') || printf('.%06dZ', c.until_us % 1000000) AS until,
	c.who AS who, c.command_id AS id
FROM command c LEFT JOIN loop l ON l.id = c.loop;
