-- A migration of the tests, behind the newest one of the project: rewrites the largest table, which takes its time, and
-- adds a column that the program does not know.
CREATE TABLE moving AS SELECT * FROM sample_cold;
DROP TABLE sample_cold;
CREATE TABLE sample_cold (
	signal INTEGER NOT NULL,
	ts_us INTEGER NOT NULL,
	value REAL,
	quality INTEGER NOT NULL,
	source INTEGER NOT NULL DEFAULT 7,
	PRIMARY KEY (signal, ts_us)
) WITHOUT ROWID;
INSERT INTO sample_cold (signal, ts_us, value, quality) SELECT signal, ts_us, value, quality FROM moving ORDER BY signal, ts_us;
DROP TABLE moving;
